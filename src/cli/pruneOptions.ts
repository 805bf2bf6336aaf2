import { Command } from "commander";
import { z } from "zod";
import { readCommandLine } from "./commandLine.ts";
import { defaultRoot } from "./defaultRoot.ts";

const PruneOptions = z.strictObject({
  root: z.string().min(1),
  run: z.string().optional(),
  words: z.array(z.string()).max(0, { error: "expected options only" }),
});
export type PruneOptions = z.infer<typeof PruneOptions>;

const command = (): Command =>
  new Command("npm run prune --")
    .description(
      "Frees the disk of what runs no longer need: old snapshots, orphaned rows, old versions of tables and corpora. Runs at work are left alone.",
    )
    .option("--run <name>", "this run only, and no corpora (default: all)")
    .option("--root <folder>", "where runs are kept (or MED_R3_ROOT)", defaultRoot());

/** Null when only help was asked for. */
export function readPruneOptions(words: readonly string[]): PruneOptions | null {
  return readCommandLine(command(), PruneOptions, words);
}
