import { expect, test } from "vitest";
import { measureRanking } from "../../src/evaluation/retrievalMeasures.ts";

test("the first place is perfect, the third is worth a third and 1 ÷ log2(4)", () => {
  expect(measureRanking(["a", "b"], ["a"], 2)).toEqual({ recall: 1, reciprocalRank: 1, ndcg: 1 });
  expect(measureRanking(["x", "y", "a"], ["a"], 3)).toEqual({ recall: 1, reciprocalRank: 1 / 3, ndcg: 0.5 });
});

test("what stands behind the cut is not found", () => {
  expect(measureRanking(["x", "a"], ["a"], 1)).toEqual({ recall: 0, reciprocalRank: 0, ndcg: 0 });
});

test("repeats of a title find it once", () => {
  const { recall, ndcg } = measureRanking(["a", "a", "b"], ["a", "b"], 3);
  expect(recall).toBe(1);
  expect(ndcg).toBeCloseTo((1 + 0.5) / (1 + 1 / Math.log2(3)));
});

test("a title is found in whatever encoding and with whatever blanks it stands there", () => {
  const gold = ["Sjo\u0308gren", "Sjögren", "Vitamin B₁₂"];
  expect(measureRanking(["Sjögren", " Vitamin B₁₂ "], gold, 2)).toEqual({ recall: 1, reciprocalRank: 1, ndcg: 1 });
});

test("without gold titles there is nothing to measure", () => {
  expect(() => measureRanking(["a"], [], 1)).toThrow("at least one gold title");
});
