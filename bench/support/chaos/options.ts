import { Command } from "commander";
import { z } from "zod";
import { readCommandLine } from "../../../src/cli/commandLine.ts";

const wholeNumber = (low: number, high: number): z.ZodType<number> =>
  z.coerce
    .number({ error: `expected a whole number from ${low} to ${high}` })
    .int()
    .min(low)
    .max(high);

const ChaosOptions = z.strictObject({
  kills: wholeNumber(0, 100),
  serverKills: wholeNumber(0, 10),
  runs: wholeNumber(1, 100),
  seed: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  words: z.array(z.string()).max(0, { error: "expected options only" }),
});
export type ChaosOptions = z.infer<typeof ChaosOptions>;

const command = (): Command =>
  new Command("npm run chaos --")
    .description("Kills workers of a run at seeded moments and compares its result with that of an undisturbed one.")
    .option("--kills <number>", "workers killed", "10")
    .option("--server-kills <number>", "times that the server is killed", "0")
    .option("--runs <number>", "disturbed runs", "1")
    .option("--seed <number>", "of the moments", "1");

/** Null when only help was asked for. */
export function readChaosOptions(words: readonly string[]): ChaosOptions | null {
  return readCommandLine(command(), ChaosOptions, words);
}
