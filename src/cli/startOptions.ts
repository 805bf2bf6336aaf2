import { resolve } from "node:path";
import { Command, CommanderError } from "commander";
import { z } from "zod";
import { RunName } from "../configuration/configuration.ts";
import { namingKnown } from "../domain/wrongFields.ts";
import { mergeOverrides, parseAssignment, readOverridesFile, type Overrides } from "./overrides.ts";
import { badInput } from "./problem.ts";

export const Port = z.coerce.number({ error: "expected a port number" }).int().min(0).max(65535);

/** What the command line of `npm start` may say, before it is resolved against a preset. */
const StartOptions = z.strictObject({
  preset: z.string().optional(),
  run: RunName.optional(),
  dataset: z.enum(["world", "pubmedqa", "files"]).optional(),
  data: z.string().min(1).optional(),
  questions: z.string().min(1).optional(),
  corpus: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
  seed: z.coerce.number({ error: "expected a whole number, 0 or more" }).int().min(0).optional(),
  schedule: z.enum(["staged", "joint"]).optional(),
  set: z.array(z.string()),
  config: z.string().optional(),
  resume: z.boolean(),
  root: z.string().min(1),
  port: Port,
  uiPort: Port,
  json: z.boolean(),
});
export type StartOptions = z.infer<typeof StartOptions>;

/** Reads the command line; anything unknown or out of range is refused by its name. Returns null when only help was asked for. */
export function readStartOptions(commandLine: readonly string[], defaultRoot: string): StartOptions | null {
  const command = startCommand(defaultRoot);
  try {
    command.parse(commandLine, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    throw error instanceof CommanderError ? badInput(`${error.message.replace(/^error: /u, "")}\nAll options: npm start -- --help`) : error;
  }
  const parsed = StartOptions.safeParse(command.opts(), { error: namingKnown });
  if (parsed.success) return parsed.data;
  throw badInput(parsed.error.issues.map((issue) => `--${optionName(issue.path[0])}: ${issue.message}`).join("\n"));
}

function startCommand(defaultRoot: string): Command {
  return new Command("npm start --")
    .description("Trains a policy through the three gated stages of Med-R3 and writes a report.")
    .option("--preset <name>", "settings to start from (default: quick)")
    .option("--run <name>", "name of the run (default: the preset's, numbered)")
    .option("--dataset <name>", "world (the embedded one), pubmedqa, or files (your own)")
    .option("--data <folder>", "with --dataset pubmedqa: the folder that holds ori_pqal.json")
    .option("--questions <file>", "with --dataset files: rows of questions and answers, JSON lines or parquet")
    .option("--corpus <path>", "with --dataset files: a file or folder that is searched")
    .option("--model <folder>", "Hugging Face model folder to train instead of the built-in one")
    .option("--seed <number>", "seed of everything drawn in the run")
    .option("--schedule <name>", "staged (three stages) or joint (all rewards from the start)")
    .option("--set <field=value>", "any setting by its dotted name; may be repeated", (value: string, before: string[]) => [...before, value], [])
    .option("--config <file>", "JSON file of settings, such as a run's configuration.json")
    .option("--resume", "go on with the run named by --run, or with the newest unfinished one", false)
    .option("--root <folder>", "where runs, indexes and the server's database are kept (or MED_R3_ROOT)", defaultRoot)
    .option("--port <number>", "port of the Temporal server; 0 takes a free one", "7233")
    .option("--ui-port <number>", "port of the Temporal Web UI; 0 takes a free one", "8233")
    .option("--json", "print the result as one JSON object on standard output, progress on standard error", false)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
}

function optionName(key: PropertyKey | undefined): string {
  return String(key).replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}

/** The settings that the options ask for: the file first, then single assignments, then the named options. */
export function requestedOverrides(options: StartOptions): Overrides {
  const named: Overrides = {};
  if (options.preset !== undefined) named["preset"] = options.preset;
  if (options.run !== undefined) named["run"] = options.run;
  if (options.seed !== undefined) named["seed"] = options.seed;
  if (options.schedule !== undefined) named["schedule"] = options.schedule;
  if (options.model !== undefined) named["policy"] = { model: options.model };
  const data = requestedData(options);
  if (data !== undefined) named["data"] = data;
  const file = options.config === undefined ? [] : [readOverridesFile(options.config)];
  return mergeOverrides([...file, ...options.set.map(parseAssignment), named]);
}

/** The options of each data set; all of them are needed, and none belongs to another. */
const dataOptions = { world: [], pubmedqa: ["data"], files: ["questions", "corpus"] } as const;

function requestedData(options: StartOptions): Overrides | undefined {
  const { dataset } = options;
  const wanted: readonly string[] = dataOptions[dataset ?? "world"];
  for (const [owner, names] of Object.entries(dataOptions)) {
    const stray = names.find((name) => options[name] !== undefined && !wanted.includes(name));
    if (stray !== undefined) throw badInput(`--${stray} belongs to ${owner}: add --dataset ${owner}, or leave --${stray} out`);
  }
  switch (dataset) {
    case undefined:
      return undefined;
    case "world":
      return { dataset };
    case "pubmedqa":
      if (options.data === undefined) throw badInput("--dataset pubmedqa needs --data FOLDER, the folder that holds ori_pqal.json");
      return { dataset, path: resolve(options.data) };
    case "files":
      if (options.questions === undefined || options.corpus === undefined) throw badInput("--dataset files needs --questions FILE (rows of questions and answers) and --corpus PATH (a file or folder that is searched)");
      return { dataset, questions: resolve(options.questions), corpus: resolve(options.corpus) };
  }
}
