import { describe, expect, it } from "vitest";
import { measureUsefulness } from "../../src/rewards/measureUsefulness.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { createWordTokenizer } from "../protocol/scriptedSampler.ts";
import { questionOf } from "./subjects.ts";

const tokenizer = createWordTokenizer();

/** A policy that finds a word likely (−0.1 nats) when it stood in the text before, and else unlikely (−2.1). */
function createReader() {
  let measured = 0;
  return {
    tokenizer,
    measured: () => measured,
    logProbabilities: (sequences: readonly (readonly number[])[]) => {
      measured += sequences.length;
      return Promise.resolve(sequences.map((tokens) => Float32Array.from(tokens, (token, t) => (t === 0 ? 0 : tokens.slice(0, t).includes(token) ? -0.1 : -2.1))));
    },
  };
}

const attempt = (passageIds: string[]) => ({
  branch: "main", stage: 2, iteration: 0, questionId: "q", sample: 0, promptTokens: [], segments: [], text: "", stopReason: "end" as const,
  searches: passageIds.length === 0 ? [] : [{ query: "q", passageIds, status: "found" as const }],
});

const options = {
  questions: [questionOf({ answer: "sleep" })],
  passages: createWordSearch([passage("right", "flu first sleep", 9), passage("wrong", "flu first tea", 1)]),
  maxPassageTokens: 16,
};

describe("usefulness of what was retrieved", () => {
  it("is the gain in mean log-likelihood of the right answer", async () => {
    const [helped, misled, alone] = await measureUsefulness([attempt(["right"]), attempt(["wrong"]), attempt([])], { ...options, policy: createReader() });
    // Of the two tokens "sleep" and "</answer>", one becomes likely.
    expect(helped).toBeCloseTo(2 / 2, 5);
    expect(misled).toBeCloseTo(0, 5);
    expect(alone).toBe(0);
  });

  it("measures equal contexts once", async () => {
    const policy = createReader();
    await measureUsefulness([attempt(["right"]), attempt(["right"]), attempt([])], { ...options, policy });
    expect(policy.measured()).toBe(2);
  });
});
