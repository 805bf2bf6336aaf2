import { Command } from "commander";
import { z } from "zod";
import { readCommandLine } from "./commandLine.ts";

const SchedulesOptions = z.strictObject({ words: z.array(z.string()).max(0, { error: "expected none" }) });
export type SchedulesOptions = z.infer<typeof SchedulesOptions>;

const command = (): Command =>
  new Command("npm run schedules --")
    .description(
      "Makes the nightly evaluation's schedule on the server what temporal.config.ts says. TEMPORAL_* variables name the server.",
    )
    .allowExcessArguments(true);

/** Null when only help was asked for. */
export function readSchedulesOptions(words: readonly string[]): SchedulesOptions | null {
  return readCommandLine(command(), SchedulesOptions, words);
}
