import type { Sample } from "../api.ts";
import type { Finding } from "./finding.ts";
import { drawnDatum, openDraw, prompt } from "./sampling.ts";
import { accumulate, forward, largestDifference, probeDatum, still, type Scratch } from "./scratch.ts";

/**
 * Whether weights saved earlier are sampled as they were saved, and that leaves the model in training as it is. Moves the model; `name`
 * begins the names of two saved weights.
 */
export async function probeOlder(scratch: Scratch, name: string): Promise<Finding> {
  const probe = "sampling older weights";
  const datum = probeDatum({ weights: probeDatum().targets.map(() => 1) });
  const older = await openDraw(scratch, `${name}-older`);
  const [sample] = await older({ seed: 1 });
  const drawn = drawnDatum(prompt, sample);
  const old = await forward(scratch, datum);
  // What was drawn is learnt too, so that the same draw shows whether the weights of then answer.
  await accumulate(scratch, [datum, { ...drawn, weights: drawn.targets.map(() => 1) }], { name: "cross_entropy" });
  const { client, model, next } = scratch;
  await client.optimizerStep(model, { ...still, learningRate: 0.05 }, { sequence: next() });
  const distance = await distanceToLive(scratch, await older({ seed: 1 }));
  await (await openDraw(scratch, `${name}-newer`))({ seed: 1 });
  const before = await forward(scratch, datum);
  if (largestDifference(old, before) < 1e-4)
    return { probe, found: null, note: "a step does not move the model enough to tell" };
  const near = largestDifference(old, before) / 10;
  await older({ seed: 2 });
  const after = await forward(scratch, datum);
  const follows = distance < near;
  const changes = largestDifference(before, after) >= near;
  const isApart = !follows && !changes;
  return {
    probe,
    found: changes ? "changes the model in training" : foundOf(follows),
    note: "a run samples older weights only with rollout.staleness 1",
    fits: ({ separateSampling }) => separateSampling === isApart,
  };
}

function foundOf(follows: boolean): string {
  return follows ? "samples the weights in training" : "leaves the model in training as it is";
}

/** Largest difference between a sample's log-probabilities and those that the model in training gives its tokens. */
async function distanceToLive(scratch: Scratch, [sample]: readonly Sample[]): Promise<number> {
  const live = await forward(scratch, drawnDatum(prompt, sample));
  return largestDifference(sample?.logProbabilities ?? [], live.slice(prompt.length - 1));
}
