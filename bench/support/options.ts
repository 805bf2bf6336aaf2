import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { z } from "zod";
import { readCommandLine } from "../../src/cli/commandLine.ts";
import { badInput } from "../../src/cli/cliError.ts";
import { didYouMean } from "../../src/domain/nearest.mjs";

/** Files of the benches' folder that are not benches themselves. */
const machinery = new Set(["harness", "run"]);

/** A bench that cannot have its file's name: the folder's machinery is called so. */
const fileNames: ReadonlyMap<string, string> = new Map([["harness", "lm-evaluation-harness"]]);

const BenchOptions = z.strictObject({ json: z.boolean(), words: z.array(z.string()) });
export type BenchOptions = z.infer<typeof BenchOptions>;

/** Null when only help was asked for; every word is the name of a bench. */
export function readBenchOptions(words: readonly string[]): BenchOptions | null {
  const known = benchNames();
  const command = new Command("npm run bench --")
    .description("Measures figures, side by side with peers.")
    .argument("[name...]", `one or more of: ${known.join(", ")}`)
    .option("--json", "a JSON object a figure", false);
  const options = readCommandLine(command, BenchOptions, words);
  if (options === null) return null;
  if (options.words.length === 0)
    throw badInput(`Which bench? npm run bench -- NAME [--json], NAME one of: ${known.join(", ")}`);
  const wrong = options.words.find((name) => !known.includes(name));
  if (wrong !== undefined)
    throw badInput(
      `Unknown bench "${wrong}"${didYouMean(wrong, known) || "."} npm run bench -- NAME [--json], NAME one of: ${known.join(", ")}`,
    );
  return options;
}

/** Names of the benches: the files of the folder that export `bench`. */
function benchNames(): string[] {
  return readdirSync(fileURLToPath(new URL("..", import.meta.url)))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .filter((name) => !machinery.has(name))
    .map((name) => [...fileNames].find(([, file]) => file === name)?.[0] ?? name)
    .toSorted();
}

/** The file of a bench in the benches' folder, without its ending. */
export function fileOfBench(name: string): string {
  return fileNames.get(name) ?? name;
}
