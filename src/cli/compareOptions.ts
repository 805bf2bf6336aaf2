import { Command } from "commander";
import { z } from "zod";
import { readCommandLine } from "./commandLine.ts";
import { defaultRoot } from "./defaultRoot.ts";

const CompareOptions = z.strictObject({
  root: z.string().min(1),
  words: z
    .array(z.string())
    .length(2, { error: "expected the names of two runs" })
    .refine(([one, other]) => one !== other, { error: "expected the names of two runs, got one of them twice" }),
});
export type CompareOptions = z.infer<typeof CompareOptions>;

const command = (): Command =>
  new Command("npm run compare --")
    .description("Two runs side by side: settings that differ, curves, paired test of their accuracies.")
    .option("--root <folder>", "where runs are kept (or MED_R3_ROOT)", defaultRoot())
    .argument("<run...>", "the names of two runs");

/** Null when only help was asked for. */
export function readCompareOptions(words: readonly string[]): CompareOptions | null {
  return readCommandLine(command(), CompareOptions, words);
}
