import { TinkerConflictError } from "../errors.ts";
import type { Finding } from "./finding.ts";
import { probeDatum, takeNorm, type Scratch } from "./scratch.ts";

/** Whether a request that is sent twice with one number is taken once. */
export async function probeRepeats(scratch: Scratch): Promise<Finding> {
  const probe = "a request sent twice";
  const { client, model, next } = scratch;
  const sequence = next();
  const ids: string[] = [];
  const send = (): Promise<unknown> =>
    client.forwardBackward(
      model,
      [probeDatum({ weights: probeDatum().targets.map(() => 1) })],
      { name: "cross_entropy" },
      { sequence, onAccepted: (id) => ids.push(id) },
    );
  await send();
  try {
    await send();
  } catch (error) {
    if (!(error instanceof TinkerConflictError)) throw error;
    await takeNorm(scratch);
    return { probe, found: "refused", fits: ({ sequenceIds }) => sequenceIds === "ordered" };
  }
  await takeNorm(scratch);
  const isRecognised = ids[0] === ids[1];
  return {
    probe,
    found: isRecognised ? "is recognised, and done once" : "is done twice",
    fits: ({ deduplicates, sequenceIds }) => deduplicates === isRecognised && sequenceIds !== "ordered",
  };
}
