import { resolve } from "node:path";
import { Command, CommanderError } from "commander";
import { z } from "zod";
import { mergeOverrides, type Overrides } from "../configuration/mergeSettings.ts";
import { RunName } from "../configuration/runName.ts";
import { namingKnown } from "../domain/wrongFields.ts";
import { parseAssignment, readOverridesFile } from "./overrides.ts";
import { schedules } from "../schedules/scheduleRegistry.ts";
import { declaredTasks, findDeclaration } from "../tasks/taskRegistry.ts";
import { badInput } from "./cliError.ts";
import { Port, refuseMisread } from "./commandLine.ts";

/** What the command line of `npm start` may say, before it is resolved against a preset. */
const StartOptions = z.strictObject({
  preset: z.string().optional(),
  run: RunName.optional(),
  dataset: z.string().optional(),
  /** Paths of tasks, by the names of their options. */
  paths: z.record(z.string(), z.string().min(1)),
  model: z.string().min(1).optional(),
  seed: z.coerce.number({ error: "expected a whole number, 0 or more" }).int().min(0).optional(),
  schedule: z.string().optional(),
  set: z.array(z.string()),
  config: z.string().optional(),
  resume: z.boolean(),
  dryRun: z.boolean(),
  root: z.string().min(1),
  port: Port,
  uiPort: Port,
  json: z.boolean(),
});
export type StartOptions = z.infer<typeof StartOptions>;

/** Reads the command line; anything unknown or out of range is refused by its name. Returns null when only help was asked for. */
export function readStartOptions(commandLine: readonly string[], defaultRoot: string): StartOptions | null {
  const command = startCommand(defaultRoot);
  try {
    command.parse(commandLine, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    throw error instanceof CommanderError
      ? badInput(`${error.message.replace(/^error: /u, "")}\nAll options: npm start -- --help`)
      : error;
  }
  refuseMisread(command.opts());
  const parsed = StartOptions.safeParse(withPaths(command.opts()), { error: namingKnown });
  if (parsed.success) return parsed.data;
  throw badInput(
    parsed.error.issues
      .map(({ path, message }) => `--${optionName(path[0] === "paths" ? path[1] : path[0])}: ${message}`)
      .join("\n"),
  );
}

/** The options of the tasks' paths, apart from those that every run has. */
function withPaths(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = new Set(declaredTasks().flatMap(({ paths }) => paths.map(({ option }) => option)));
  const entries = Object.entries(given);
  return {
    ...Object.fromEntries(entries.filter(([name]) => !names.has(name))),
    paths: Object.fromEntries(entries.filter(([name]) => names.has(name))),
  };
}

function startCommand(defaultRoot: string): Command {
  const command = new Command("npm start --")
    .description("Trains a policy through the gated stages of Med-R3 and writes a report.")
    .option("--preset <name>", "settings to start from (default: quick)")
    .option("--run <name>", "name of the run (default: the preset's, numbered)")
    .option(
      "--dataset <name>",
      declaredTasks()
        .map(({ name, describe }) => `${name} (${describe})`)
        .join(", "),
    )
    .option("--model <folder>", "Hugging Face model folder or GGUF file to train instead of the built-in one")
    .option("--seed <number>", "seed of everything drawn in the run")
    .option(
      "--schedule <name>",
      Object.entries(schedules.descriptions())
        .map(([name, describe]) => `${name} (${describe})`)
        .join(", "),
    )
    .option(
      "--set <field=value>",
      "any setting by its dotted name; may be repeated",
      (value: string, before: string[]) => [...before, value],
      [],
    )
    .option("--config <file>", "JSON file of settings, such as a run's configuration.json")
    .option("--resume", "go on with the run named by --run, or with the newest unfinished one", false)
    .option(
      "--dry-run",
      "print what the run will take at most (tokens, hours, money), and start and write nothing",
      false,
    )
    .option("--root <folder>", "where runs, indexes and the server's database are kept (or MED_R3_ROOT)", defaultRoot)
    .option("--port <number>", "port of the Temporal server; 0 takes a free one", "7233")
    .option("--ui-port <number>", "port of the Temporal Web UI; 0 takes a free one", "8233")
    .option("--json", "print the result as one JSON object on standard output, progress on standard error", false)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  for (const { option, value, describe } of pathOptions()) command.option(`--${option} <${value}>`, describe);
  return command;
}

/** The tasks' paths by option; one that several tasks share says what it is for each. */
function pathOptions(): { readonly option: string; readonly value: string; readonly describe: string }[] {
  const options = new Map<string, { option: string; value: string; describe: string }>();
  for (const { name, paths } of declaredTasks()) {
    for (const { option, value, describe } of paths) {
      const before = options.get(option);
      options.set(option, {
        option,
        value: before?.value ?? value,
        describe: `${before === undefined ? "" : `${before.describe}; `}with --dataset ${name}: ${describe}`,
      });
    }
  }
  return [...options.values()];
}

function optionName(key: PropertyKey | undefined): string {
  return String(key).replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}

/** The settings that the options ask for: the file first, then single assignments, then the named options. */
export async function requestedOverrides(options: StartOptions): Promise<Overrides> {
  const named: Overrides = {};
  if (options.preset !== undefined) named["preset"] = options.preset;
  if (options.run !== undefined) named["run"] = options.run;
  if (options.seed !== undefined) named["seed"] = options.seed;
  if (options.schedule !== undefined) named["schedule"] = { name: options.schedule };
  if (options.model !== undefined) named["policy"] = { model: options.model };
  const data = requestedData(options);
  if (data !== undefined) named["data"] = data;
  const file = options.config === undefined ? [] : [await readOverridesFile(options.config)];
  // Another schedule than the file's takes none of its settings; single assignments are meant for it.
  const fresh = options.schedule === undefined ? [] : [{ schedule: null }];
  return mergeOverrides([...file, ...fresh, ...options.set.map(parseAssignment), named]);
}

/** All paths of a task are needed, and none belongs to another. */
function requestedData({ dataset, paths }: StartOptions): Overrides | undefined {
  const task = dataset === undefined ? undefined : findDeclaration(dataset);
  if (dataset !== undefined && task === undefined) return { dataset };
  const wanted = task?.paths ?? [];
  const stray = Object.keys(paths).find((option) => wanted.every((path) => path.option !== option));
  if (stray !== undefined) {
    const owner = declaredTasks().find((one) => one.paths.some(({ option }) => option === stray))?.name ?? "";
    throw badInput(`--${stray} belongs to ${owner}: add --dataset ${owner}, or leave --${stray} out`);
  }
  if (dataset === undefined) return undefined;
  if (wanted.some(({ option }) => paths[option] === undefined)) {
    throw badInput(
      `--dataset ${dataset} needs ${wanted.map(({ option, value, describe }) => `--${option} ${value.toUpperCase()} (${describe})`).join(" and ")}`,
    );
  }
  return {
    dataset,
    ...Object.fromEntries(wanted.map(({ setting, option }) => [setting, resolve(paths[option] ?? "")])),
  };
}
