import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { badInput, runCommand } from "../src/cli/problem.ts";
import { Figure, type Bench } from "./harness.ts";

/** Files of this folder that are not benches themselves. */
const machinery = new Set(["harness", "run"]);

/** A bench that cannot have its file's name: the folder's machinery is called so. */
const fileNames: ReadonlyMap<string, string> = new Map([["harness", "lm-evaluation-harness"]]);

/** Names of the benches: the files of this folder that export `bench`. */
function benchNames(): string[] {
  return readdirSync(fileURLToPath(new URL(".", import.meta.url)))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .filter((name) => !machinery.has(name))
    .map((name) => [...fileNames].find(([, file]) => file === name)?.[0] ?? name)
    .toSorted();
}

async function loadBench(name: string): Promise<Bench> {
  const module = (await import(`./${fileNames.get(name) ?? name}.ts`)) as { bench?: Bench };
  if (module.bench === undefined) throw new Error(`bench/${name}.ts exports no bench`);
  return module.bench;
}

function describe(figure: Figure): string {
  const range = figure.low === undefined || figure.high === undefined ? "" : ` (${figure.low.toPrecision(4)} to ${figure.high.toPrecision(4)}, n = ${figure.n})`;
  const peer = figure.ratio === undefined || figure.peer === undefined ? "" : `; peer ${figure.peer.toPrecision(4)}, ratio ${figure.ratio.toPrecision(3)}`;
  return `${figure.name}: ${figure.value.toPrecision(4)} ${figure.unit}${peer}${range}`;
}

async function main(): Promise<number> {
  const commandLine = process.argv.slice(2);
  const json = commandLine.includes("--json");
  const names = commandLine.filter((word) => word !== "--json");
  const known = benchNames();
  const wrong = names.find((name) => !known.includes(name));
  if (names.length === 0 || wrong !== undefined) {
    throw badInput(`${wrong === undefined ? "Which bench?" : `Unknown bench "${wrong}".`} npm run bench -- NAME [--json], NAME one of: ${known.join(", ")}`);
  }
  for (const name of names) {
    const bench = await loadBench(name);
    for await (const figure of bench()) {
      const checked = Figure.parse(figure);
      process.stdout.write(`${json ? JSON.stringify(checked) : describe(checked)}\n`);
    }
  }
  return 0;
}

await runCommand(main);
