import { runWithOptions } from "../src/cli/cliError.ts";
import { Figure, type Bench } from "./harness.ts";
import { fileOfBench, readBenchOptions } from "./support/options.ts";

async function loadBench(name: string): Promise<Bench> {
  const module = (await import(`./${fileOfBench(name)}.ts`)) as { bench?: Bench };
  if (module.bench === undefined) throw new Error(`bench/${name}.ts exports no bench`);
  return module.bench;
}

function describe(figure: Figure): string {
  const range =
    figure.low === undefined || figure.high === undefined
      ? ""
      : ` (${figure.low.toPrecision(4)} to ${figure.high.toPrecision(4)}, n = ${figure.n})`;
  const peer =
    figure.ratio === undefined || figure.peer === undefined
      ? ""
      : `; peer ${figure.peer.toPrecision(4)}, ratio ${figure.ratio.toPrecision(3)}`;
  return `${figure.name}: ${figure.value.toPrecision(4)} ${figure.unit}${peer}${range}`;
}

await runWithOptions(readBenchOptions, async ({ words, json }) => {
  for (const name of words) {
    const bench = await loadBench(name);
    for await (const figure of bench()) {
      const checked = Figure.parse(figure);
      process.stdout.write(`${json ? JSON.stringify(checked) : describe(checked)}\n`);
    }
  }
  return 0;
});
