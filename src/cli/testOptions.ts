import { Command } from "commander";
import { z } from "zod";
import { readCommandLine } from "./commandLine.ts";

/** Words go to vitest as they are, its options too. */
const TestOptions = z.strictObject({ words: z.array(z.string()) });
export type TestOptions = z.infer<typeof TestOptions>;

const command = (): Command =>
  new Command("npm test --")
    .description(
      "Checks types, lint and format, then runs the tests: unit, and on a real Temporal server and database.",
    )
    .argument("[filter...]", "only test files whose path holds one of these; vitest's own options may follow")
    .allowUnknownOption(true);

/** Null when only help was asked for. */
export function readTestOptions(words: readonly string[]): TestOptions | null {
  return readCommandLine(command(), TestOptions, words);
}
