import { expect, it } from "vitest";
import { heldOutLoss } from "../../src/training/heldOutLoss.ts";

const trajectory = {
  promptTokens: [1, 2],
  segments: [
    { origin: "policy" as const, tokens: [3, 4], logProbabilities: [0, 0] },
    { origin: "environment" as const, tokens: [5], logProbabilities: [] },
    { origin: "policy" as const, tokens: [6], logProbabilities: [0] },
  ],
};
/** A policy that gives the token t the log-probability −t. */
const policy = {
  logProbabilities: async (sequences: readonly (readonly number[])[]) =>
    sequences.map((tokens) => Float32Array.from(tokens, (token) => -token)),
};

it("the held-out loss is the mean over what the policy would write itself, over all demonstrations", async () => {
  const short = { promptTokens: [9], segments: [{ origin: "policy" as const, tokens: [1], logProbabilities: [0] }] };
  expect(await heldOutLoss(policy, [trajectory, short])).toEqual({
    "demonstrations/validation_loss": (3 + 4 + 6 + 1) / 4,
  });
});

it("is missing, not 0, where nothing is held out or the policy is no number any more", async () => {
  expect(await heldOutLoss(policy, [])).toEqual({});
  const broken = { logProbabilities: async () => [new Float32Array(6).fill(NaN)] };
  expect(await heldOutLoss(broken, [trajectory])).toEqual({});
});
