import type { Finding } from "./finding.ts";
import { openDraw } from "./sampling.ts";
import { accumulate, forward, probeDatum, still, type Scratch } from "./scratch.ts";

/**
 * Whether sampling from weights saved earlier leaves the model in training as it is. Moves the model; `name` begins the names of two saved
 * weights.
 */
export async function probeOlder(scratch: Scratch, name: string): Promise<Finding> {
  const probe = "sampling older weights";
  const datum = probeDatum({ weights: probeDatum().targets.map(() => 1) });
  const older = await openDraw(scratch, `${name}-older`);
  await older({ seed: 1 });
  const old = await forward(scratch, datum);
  await accumulate(scratch, [datum], { name: "cross_entropy" });
  const { client, model, next } = scratch;
  await client.optimizerStep(model, { ...still, learningRate: 0.05 }, { sequence: next() });
  await (await openDraw(scratch, `${name}-newer`))({ seed: 1 });
  const before = await forward(scratch, datum);
  if (difference(old, before) < 1e-4)
    return { probe, found: null, note: "a step does not move the model enough to tell" };
  await older({ seed: 2 });
  const after = await forward(scratch, datum);
  const isApart = difference(before, after) < difference(old, before) / 10;
  return {
    probe,
    found: isApart ? "leaves the model in training as it is" : "changes the model in training",
    note: "never done in a run, whatever the server",
    fits: ({ separateSampling }) => separateSampling === isApart,
  };
}

function difference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? NaN))), 0);
}
