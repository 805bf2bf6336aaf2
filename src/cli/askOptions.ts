import { Command } from "commander";
import { z } from "zod";
import { RunName } from "../configuration/runName.ts";
import { readCommandLine } from "./commandLine.ts";
import { defaultRoot } from "./defaultRoot.ts";

const AskOptions = z.strictObject({
  run: RunName,
  root: z.string().min(1),
  words: z
    .array(z.string())
    .length(1, { error: "expected one question, in quotation marks" })
    .refine(([question = ""]) => question.trim() !== "", { error: "the question is empty" }),
});
export type AskOptions = z.infer<typeof AskOptions>;

const command = (): Command =>
  new Command("npm run ask --")
    .description(
      "Puts one question to a run's newest checkpoint and shows its thinking, searches and answer, token by token.",
    )
    .requiredOption("--run <name>", "the run")
    .option("--root <folder>", "where runs are kept (or MED_R3_ROOT)", defaultRoot())
    .argument("<question>", "the question, in quotation marks");

/** Null when only help was asked for. */
export function readAskOptions(words: readonly string[]): AskOptions | null {
  return readCommandLine(command(), AskOptions, words);
}
