import { describe, expect, it } from "vitest";
import { evidenceGathered } from "../../src/rewards/evidenceGathered.ts";
import { evidenceRecall } from "../../src/rewards/evidenceRecall.ts";
import { explainScore } from "../../src/rewards/explain.ts";
import { retrieval } from "../../src/rewards/retrieval.ts";
import { retrievalRecall } from "../../src/rewards/retrievalRecall.ts";
import { usefulness } from "../../src/rewards/usefulness.ts";
import { retrieved, scoreComposite, subjectOf, triples } from "./subjects.ts";

describe("retrieval recall", () => {
  it("is the share of gold titles found", () => {
    const question = { goldTitles: ["one", "two"] };
    expect(
      retrievalRecall.score(
        subjectOf({ question, passages: [retrieved("x", 1, { title: "two" }), retrieved("y", 1, { title: "two" })] }),
      ),
    ).toBe(0.5);
    expect(retrievalRecall.score(subjectOf({ question }))).toBe(0);
  });

  it("counts one title as found in whatever encoding and with whatever blanks it stands there", () => {
    const question = { goldTitles: ["Sjo\u0308gren", "Vitamin B₁₂"] };
    const passages = [retrieved("x", 1, { title: "Sjögren" }), retrieved("y", 1, { title: " Vitamin  B₁₂ " })];
    expect(retrievalRecall.score(subjectOf({ question, passages }))).toBe(1);
    expect(explainScore(subjectOf({ question, passages })).titles).toEqual({ found: question.goldTitles, missed: [] });
  });

  it("is not scored without gold titles", () => {
    expect(retrievalRecall.score(subjectOf({ passages: [retrieved("x", 1)] }))).toBeNull();
  });
});

describe("evidence recall with gold facts", () => {
  const question = { goldFacts: triples("flu first rest; rest safe asthma") };

  it("takes for each fact the best passage that states it rightly", () => {
    const passages = [retrieved("flu first rest", 3), retrieved("flu first rest", 6), retrieved("flu first tea", 9)];
    expect(evidenceRecall.score(subjectOf({ question, passages }))).toBeCloseTo((6 / 9 + 0) / 2);
  });

  it("counts an unknown level as the lowest", () => {
    expect(
      evidenceRecall.score(subjectOf({ question, passages: [retrieved("flu first rest; rest safe asthma", null)] })),
    ).toBeCloseTo(1 / 9);
  });

  it("is 0 without a search, and not scored when no passage could be read", () => {
    expect(evidenceRecall.score(subjectOf({ question }))).toBe(0);
    expect(
      evidenceRecall.score(subjectOf({ question, passages: [{ ...retrieved("x", 9), triples: null }] })),
    ).toBeNull();
  });
});

describe("evidence recall without gold facts", () => {
  it("is the mean of relevance times level", () => {
    const passages = [retrieved("x", 9, { relevance: 0.5 }), retrieved("y", 3, { relevance: 1 })];
    expect(evidenceRecall.score(subjectOf({ passages }))).toBeCloseTo((0.5 + 1 / 3) / 2);
    expect(evidenceRecall.score(subjectOf())).toBe(0);
    expect(evidenceRecall.score(subjectOf({ passages: [retrieved("x", 9)] }))).toBeNull();
  });
});

describe("evidence gathered", () => {
  it("is the weight of what was looked at, over what could be", () => {
    const passages = [retrieved("x", 9), retrieved("y", 3), retrieved("z", null)];
    expect(evidenceGathered.score(subjectOf({ passages, mostPassages: 8 }))).toBeCloseTo((1 + 1 / 3 + 1 / 9) / 8);
    expect(evidenceGathered.score(subjectOf({ mostPassages: 8 }))).toBe(0);
  });

  it("is not scored where no tool shows passages", () => {
    expect(evidenceGathered.score(subjectOf())).toBeNull();
  });
});

describe("usefulness", () => {
  it("grows with the gain in log-likelihood and is never negative", () => {
    expect(usefulness.score(subjectOf({ logLikelihoodGain: 1 }))).toBeCloseTo(1 - Math.exp(-1));
    expect(usefulness.score(subjectOf({ logLikelihoodGain: -3 }))).toBe(0);
    expect(usefulness.score(subjectOf())).toBeNull();
  });
});

describe("retrieval", () => {
  const passages = [retrieved("x", 9, { relevance: 0.5 })];

  it("weighs evidence recall and usefulness", () => {
    expect(scoreComposite(retrieval, subjectOf({ passages, logLikelihoodGain: 1 }))).toBeCloseTo(
      (0.5 + 0.23 * (1 - Math.exp(-1))) / 1.23,
    );
  });

  it("leaves out what was not scored, with its weight", () => {
    expect(scoreComposite(retrieval, subjectOf({ passages }))).toBe(0.5);
    expect(scoreComposite(retrieval, subjectOf({ passages: [retrieved("x", 9)] }))).toBeNull();
  });
});
