import { Command, InvalidArgumentError } from "commander";
import { probeWorld } from "../probes.ts";
import { makeBase, openBase } from "./make.ts";
import { baseRecipe } from "./recipe.ts";
import { print, printError } from "../../output/terminal.ts";

const stepsBetweenReports = 100;

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("a whole number of at most nine digits is wanted");
  return Number(text);
}

const command = new Command("make-base")
  .description("Trains the base policy of an embedded world by supervised learning (a few minutes) and prints its probes.")
  .requiredOption("--world-seed <seed>", "the world it is made for", wholeNumber)
  .requiredOption("--out <folder>", "where the checkpoint is written (Hugging Face layout)")
  .option("--threads <count>", "threads of the engine", wholeNumber, 2)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const { worldSeed, out, threads } = command.opts<{ worldSeed: number; out: string; threads: number }>();

const started = performance.now();
let losses: number[] = [];
await makeBase({
  worldSeed,
  folder: out,
  recipe: baseRecipe,
  threads: Math.max(threads, 1),
  onStep: ({ step, steps, loss }) => {
    losses.push(loss);
    if (step % stepsBetweenReports !== 0) return;
    const mean = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    printError(`step ${step} of ${steps}, loss ${mean.toFixed(4)}, ${((performance.now() - started) / 1000).toFixed(0)} s`);
    losses = [];
  },
});
const policy = await openBase(out, Math.max(threads, 1));
try {
  for (const [name, share] of Object.entries(await probeWorld(policy, worldSeed))) print(`${name}\t${share.toFixed(3)}`);
} finally {
  await policy.close();
}
