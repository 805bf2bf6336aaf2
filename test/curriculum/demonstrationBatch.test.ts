import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchOfDemonstrations, splitDemonstrations } from "../../src/curriculum/demonstrationBatch.ts";
import type { Demonstration } from "../../src/demonstrations/demonstration.ts";
import { Question } from "../../src/domain/question.ts";

/** One of a question; the text tells demonstrations apart. */
function demonstration(questionId: string, text: string): Demonstration {
  const question = Question.parse({
    id: questionId,
    dataset: "d",
    kind: "open",
    text: "what?",
    answer: "that",
    cluster: "c",
  });
  return {
    origin: { from: "references", reference: 0 },
    question,
    trajectory: {
      branch: "main",
      stage: 1,
      iteration: 0,
      questionId,
      sample: 7,
      promptTokens: [1],
      segments: [{ origin: "policy", tokens: [2], logProbabilities: [0] }],
      text,
      calls: [],
      stopReason: "end",
    },
  };
}

const many = Array.from({ length: 20 }, (_, index) => demonstration(`q${index % 10}`, `text ${index}`));
const place = { branch: "branch-1", stage: 2 };

describe("demonstrations held out", () => {
  it("are all those of a share of the questions, so that none is learnt from and measured", () => {
    const { learning, heldOut } = splitDemonstrations(many, { seed: 1, share: 0.3 });
    expect(heldOut).toHaveLength(6);
    const learnt = new Set(learning.map(({ question }) => question.id));
    expect(heldOut.filter(({ question }) => learnt.has(question.id))).toEqual([]);
    expect([...learning, ...heldOut]).toHaveLength(20);
  });

  it("are of at least one question, and of none where there is only one", () => {
    expect(splitDemonstrations(many.slice(0, 2), { seed: 1, share: 0.02 }).heldOut).toHaveLength(1);
    expect(splitDemonstrations(many.slice(0, 1), { seed: 1, share: 0.5 }).heldOut).toHaveLength(0);
  });
});

describe("the demonstrations of an iteration", () => {
  it("go through all of them before any comes again, whatever an iteration takes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 7 }), (size, count) => {
        const learning = many.slice(0, size);
        const iterations = Math.ceil(size / count);
        const taken = Array.from({ length: iterations }, (_, iteration) =>
          batchOfDemonstrations(learning, { ...place, iteration, seed: 1, count }),
        ).flat();
        expect(new Set(taken.slice(0, size).map(({ text }) => text)).size).toBe(size);
      }),
      { numRuns: 50 },
    );
  });

  it("stand at the iteration's address, each with a place of its own", () => {
    const batch = batchOfDemonstrations(many.slice(0, 3), { ...place, iteration: 4, seed: 1, count: 9 });
    expect(batch.every(({ branch, stage, iteration }) => branch === "branch-1" && stage === 2 && iteration === 4)).toBe(
      true,
    );
    expect(new Set(batch.map(({ questionId, sample }) => `${questionId} ${sample}`)).size).toBe(9);
  });

  it("are the same for the same seed and others for another", () => {
    const of = (seed: number) => batchOfDemonstrations(many, { ...place, iteration: 0, seed, count: 5 });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it("are refused where there are none", () => {
    expect(() => batchOfDemonstrations([], { ...place, iteration: 0, seed: 1, count: 5 })).toThrow(RangeError);
  });
});
