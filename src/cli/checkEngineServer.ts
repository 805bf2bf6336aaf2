import { checkServer } from "../engines/tinker/check/check.ts";
import { checkTable, recordOf } from "../engines/tinker/check/record.ts";
import type { CheckTokenizer } from "../engines/tinker/check/sampling.ts";
import { connect, type Connection } from "../engines/tinker/connection.ts";
import type { Dialect } from "../engines/tinker/dialects/dialect.ts";
import { dialectNamed, dialects } from "../engines/tinker/dialects/table.ts";
import { TinkerError } from "../engines/tinker/errors.ts";
import { typedServer } from "../engines/tinker/server.ts";
import { print, printError, printJson } from "../output/terminal.ts";
import { loadTokenizer } from "../policy/tokenizer.ts";
import { ServiceError } from "../services/serviceList.ts";
import type { CheckEngineOptions } from "./checkEngineOptions.ts";
import { badInput, CliError } from "./cliError.ts";
import { messageOf } from "../domain/messageOf.ts";

/** Prints what a server does; 1 where it is refused. */
export async function checkEngineServer(
  options: CheckEngineOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const { model, rank, json } = options;
  const rows = rowsOf(options);
  const tokenizer = await tokenizerOf(options);
  const connection = connectionTo(options.words[0] ?? "", environment);
  try {
    const result = await checkServer(connection, {
      baseModel: model,
      rank,
      rows,
      tokenizer,
      name: `med-r3-check-${Date.now().toString(36)}`,
      onProbe: (probe) => (json ? undefined : printError(`probing ${probe} …`)),
    });
    const record = recordOf(result);
    if (json) printJson(record);
    else print(checkTable(record).join("\n"));
    return record.dialect === null ? 1 : 0;
  } catch (error) {
    throw error instanceof TinkerError ? new CliError(error.message, 1) : error;
  }
}

function connectionTo(server: string, environment: NodeJS.ProcessEnv): Connection {
  try {
    return connect(typedServer(server, environment));
  } catch (error) {
    throw error instanceof ServiceError ? badInput(error.message) : error;
  }
}

function rowsOf({ dialect }: CheckEngineOptions): readonly Dialect[] {
  if (dialect === undefined) return dialects;
  try {
    return [dialectNamed(dialect)];
  } catch (error) {
    throw badInput(`--dialect: ${messageOf(error)}`);
  }
}

async function tokenizerOf({ tokenizer: folder }: CheckEngineOptions): Promise<CheckTokenizer | undefined> {
  if (folder === undefined) return undefined;
  try {
    const tokenizer = await loadTokenizer(folder);
    return { decode: (tokens) => tokenizer.decode(tokens), endOfTextIds: tokenizer.endOfTextIds };
  } catch (error) {
    throw badInput(`--tokenizer ${folder}: ${messageOf(error)}`);
  }
}
