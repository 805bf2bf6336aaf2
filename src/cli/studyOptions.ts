import { Command } from "commander";
import { z } from "zod";
import { Port, readCommandLine } from "./commandLine.ts";
import { defaultRoot } from "./defaultRoot.ts";

const StudyOptions = z
  .strictObject({
    preset: z.string().min(1).optional(),
    file: z.string().min(1).optional(),
    state: z.string().min(1).optional(),
    minutes: z.coerce.number({ error: "expected a number of minutes" }).positive().max(525_600).optional(),
    check: z.boolean(),
    json: z.boolean(),
    root: z.string().min(1),
    port: Port,
    uiPort: Port,
    words: z.array(z.string()).max(0, { error: "expected none" }),
  })
  .refine(({ preset, file }) => preset === undefined || file === undefined, {
    path: ["file"],
    message: "name a study with --preset, or give a file, not both",
  })
  .refine(({ preset, file, check }) => check || preset !== undefined || file !== undefined, {
    path: ["preset"],
    message: "say which study: small, for example, or give the file of your own with --file",
  });
export type StudyOptions = z.infer<typeof StudyOptions>;

const command = (): Command =>
  new Command("npm run study --")
    .description(
      "Runs a study: arms × worlds × seeds, each a run of its own, as the workflow `study` (docs/studies.md). What is finished is kept; started again, only what lacks is run.",
    )
    .option("--preset <name>", "a study of the folder studies, for example small")
    .option("--file <file>", "the file of another study")
    .option(
      "--state <folder>",
      "where finished runs are kept, read and added to (default: .studies/NAME below --root); a folder of the project goes on elsewhere",
    )
    .option("--minutes <number>", "stop after so many minutes; nothing is lost, the same command goes on")
    .option(
      "--check",
      "repeat the figures of a kept result from its files, and run nothing; without --preset, of all in docs/studies",
      false,
    )
    .option("--json", "print the summary as one JSON object on standard output, progress on standard error", false)
    .option("--root <folder>", "where runs, indexes and the server's database are kept (or MED_R3_ROOT)", defaultRoot())
    .option("--port <number>", "port of the Temporal server; 0 takes a free one", "7233")
    .option("--ui-port <number>", "port of the Temporal Web UI; 0 takes a free one", "8233")
    .allowExcessArguments(true);

/** Null when only help was asked for. */
export function readStudyOptions(words: readonly string[]): StudyOptions | null {
  return readCommandLine(command(), StudyOptions, words);
}
