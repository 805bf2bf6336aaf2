import { Command } from "commander";
import { z } from "zod";
import { RunName } from "../configuration/runName.ts";
import { readCommandLine } from "./commandLine.ts";
import { defaultRoot } from "./defaultRoot.ts";

const TrajectoriesOptions = z.strictObject({
  run: RunName,
  worst: z.string().optional(),
  best: z.string().optional(),
  export: z.string().min(1).optional(),
  limit: z.coerce.number({ error: "expected a whole number" }).int().min(1).max(1000),
  root: z.string().min(1),
  words: z.array(z.string()).max(0),
});
export type TrajectoriesOptions = z.infer<typeof TrajectoriesOptions>;

const command = (): Command =>
  new Command("npm run trajectories --")
    .description("Writes a page of a run's trajectories with the lowest or highest value of a reward.")
    .requiredOption("--run <name>", "the run")
    .option("--worst <reward>", "lowest first, by the name of a reward (default: total)")
    .option("--best <reward>", "highest first")
    .option(
      "--export <file>",
      "write all that count to this file instead, a JSON line each with step, advantage and score",
    )
    .option("--limit <number>", "trajectories on the page, at most 1000", "100")
    .option("--root <folder>", "where runs are kept (or MED_R3_ROOT)", defaultRoot());

/** Null when only help was asked for. */
export function readTrajectoriesOptions(words: readonly string[]): TrajectoriesOptions | null {
  return readCommandLine(command(), TrajectoriesOptions, words);
}
