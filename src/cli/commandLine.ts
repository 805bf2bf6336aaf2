import { CommanderError, type Command } from "commander";
import { z } from "zod";
import { isAddress } from "../domain/pathText.ts";
import { namingKnown } from "../domain/wrongFields.ts";
import { badInput } from "./cliError.ts";

/** 0: any that is free. */
export const Port = z.coerce.number({ error: "expected a port number" }).int().min(0).max(65535);

/**
 * Options and arguments of a command line, checked by a schema over both; anything unknown or out of range is refused by
 * name. Null when only help was asked for.
 */
export function readCommandLine<Schema extends z.ZodType>(
  command: Command,
  schema: Schema,
  words: readonly string[],
): z.output<Schema> | null {
  try {
    command
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .parse([...words], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    throw error instanceof CommanderError ? badInput(error.message.replace(/^error: /u, "")) : error;
  }
  refuseMisread(command.opts());
  const parsed = schema.safeParse({ ...command.opts(), words: command.args }, { error: namingKnown });
  if (parsed.success) return parsed.data;
  throw badInput(parsed.error.issues.map((issue) => `${optionName(issue.path)}: ${issue.message}`).join("\n"));
}

/**
 * Refuses values that mean something else than they seem to: one without a character, as an unset variable of a shell leaves it, which would
 * pass for the number 0; an address as the folder of runs; and one port for two programs.
 */
export function refuseMisread(options: Readonly<Record<string, unknown>>): void {
  const empty = Object.entries(options).find(([, value]) =>
    [value].flat().some((one) => typeof one === "string" && one.trim() === ""),
  );
  if (empty !== undefined) throw badInput(`${optionName([empty[0]])}: expected a value, got nothing`);
  const { root, port, uiPort } = options;
  if (port !== undefined && Number(port) !== 0 && Number(port) === Number(uiPort))
    throw badInput(`--port, --ui-port: both are ${Number(port)}; the server and its Web UI need a port each`);
  if (typeof root === "string" && isAddress(root))
    throw badInput(`--root: ${root} is an address; runs are kept in a folder of this machine`);
}

/** An option as a person writes it: --max-tokens. What is not an option is an argument. */
export function optionName(path: readonly PropertyKey[]): string {
  if (path[0] === "words") return "argument";
  return `--${path.join(".").replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;
}
