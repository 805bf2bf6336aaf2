import { Command } from "commander";
import { z } from "zod";
import { readCommandLine } from "./commandLine.ts";

const wholeNumber = (low: number): z.ZodType<number> =>
  z.coerce.number({ error: "expected a whole number" }).int().min(low).max(999_999_999);

const MakeBaseOptions = z.strictObject({
  worldSeed: wholeNumber(0),
  out: z.string().min(1),
  threads: wholeNumber(1),
  words: z.array(z.string()).max(0, { error: "expected options only" }),
});
export type MakeBaseOptions = z.infer<typeof MakeBaseOptions>;

const command = (): Command =>
  new Command("npm run make-base --")
    .description(
      "Trains the base policy of an embedded world by supervised learning (a few minutes) and prints its probes.",
    )
    .requiredOption("--world-seed <seed>", "the world it is made for")
    .requiredOption("--out <folder>", "where the checkpoint is written (Hugging Face layout)")
    .option("--threads <count>", "threads of the engine", "2");

/** Null when only help was asked for. */
export function readMakeBaseOptions(words: readonly string[]): MakeBaseOptions | null {
  return readCommandLine(command(), MakeBaseOptions, words);
}
