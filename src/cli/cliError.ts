import { ConfigurationError } from "../configuration/configurationError.ts";
import { CorpusError, CorpusUnreachableError } from "../corpus/corpusError.ts";
import { keepOwnerOnly } from "../files/ownerOnly.ts";
import { allPrinted, printError } from "../output/terminal.ts";
import { PartFaultError } from "../parts/partFault.ts";
import { ServerSettingsError } from "../server/settingsError.ts";
import { exitCodeOf, listenForInterruptions, type Interruptions } from "./interruption.ts";
import { messageOf } from "../domain/messageOf.ts";

/** Something the person at the terminal can put right; shown as its message alone, without a stack. */
export class CliError extends Error {
  override readonly name = "CliError";
  constructor(
    message: string,
    /** 2 for bad input, 1 for everything else. */
    readonly exitCode: 1 | 2,
  ) {
    super(message);
  }
}

/** Bad input: refused before anything is written. */
export function badInput(message: string): CliError {
  return new CliError(message, 2);
}

/** The innermost cause of a failure. */
export function rootCause(error: Error): string {
  return error.cause instanceof Error ? rootCause(error.cause) : error.message;
}

/** Runs a command's main function, turns its failure into one clear message, and ends the process with its exit code. An interruption ends it at once. */
export async function runCommand(main: () => Promise<number>): Promise<never> {
  return runInterruptible(({ happened }) => Promise.race([main(), happened.then(exitCodeOf)]));
}

/** Runs a command that `read` takes the options of; null, when only help was asked for, ends it. `work` loads what is heavy, so that help comes at once. */
export async function runWithOptions<Options>(
  read: (words: readonly string[]) => Options | null,
  work: (options: Options) => Promise<number>,
): Promise<never> {
  return runCommand(async () => {
    const options = read(process.argv.slice(2));
    return options === null ? 0 : work(options);
  });
}

/** Like runCommand, for a command that stops in order when it is interrupted. */
export async function runInterruptible(main: (interruptions: Interruptions) => Promise<number>): Promise<never> {
  keepOwnerOnly();
  try {
    await loadExtensions(process.env);
    const interruptions = listenForInterruptions();
    const code = await main(interruptions);
    await allPrinted();
    const fault = interruptions.outputFault();
    if (fault !== null) throw new CliError(`The output could not be written (${fault}).`, 1);
    process.exit(code);
  } catch (error) {
    printError(describeFailure(error));
    process.exit(failureCode(error));
  }
}

/** Before anything is chosen; nothing is loaded where there are none. */
async function loadExtensions({ MED_R3_EXTENSIONS: folder = "" }: NodeJS.ProcessEnv): Promise<void> {
  if (folder === "") return;
  const extensions = await import("../extensions/loadExtensions.ts");
  await extensions.loadExtensions(folder).catch((error: unknown) => {
    throw error instanceof extensions.ExtensionError ? badInput(error.message) : error;
  });
}

function failureCode(error: unknown): 1 | 2 {
  if (error instanceof CliError) return error.exitCode;
  return error instanceof CorpusError || error instanceof ConfigurationError ? 2 : 1;
}

/** What to tell a person: system errors that they can act on in plain words, unexpected ones with their stack. */
export function describeFailure(error: unknown): string {
  if (
    error instanceof CliError ||
    error instanceof ConfigurationError ||
    error instanceof CorpusError ||
    error instanceof CorpusUnreachableError ||
    error instanceof PartFaultError ||
    error instanceof ServerSettingsError
  )
    return error.message;
  const code = errorCode(error);
  if (code === "ENOSPC") return "The disk is full. Free some space, then go on with: npm start -- --resume";
  const cannotBeMade = isSystemError(error) && error.syscall === "mkdir";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || cannotBeMade) {
    return `${messageOf(error)}\nThe folder cannot be written. Choose another with --root DIR.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
