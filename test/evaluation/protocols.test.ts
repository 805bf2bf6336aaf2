import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accuracyOf, breakdown, majorityVote, passAtK } from "../../src/evaluation/protocols/accuracy.ts";
import { answerByLikelihood } from "../../src/evaluation/protocols/choiceByLikelihood.ts";
import { choicePrompt } from "../../src/evaluation/protocols/choicePrompt.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { createWordTokenizer } from "../protocol/scriptedSampler.ts";
import { questionOf } from "../rewards/subjects.ts";

const options = [
  { label: "A", text: "rest" },
  { label: "B", text: "tea" },
];
const ask = (dataset: string, id = "q") =>
  questionOf({ id, dataset, kind: "choice", text: "What helps?", options, answer: "B" });
const grade = (questionId: string, ...correct: readonly boolean[]) =>
  correct.map((one) => ({ questionId, correct: one }));

describe("prompts of lm-evaluation-harness", () => {
  it("are the same by data set", () => {
    expect(choicePrompt(ask("medqa-usmle"))).toEqual({
      context: "Question: What helps?\nA. rest\nB. tea\nAnswer:",
      continuations: ["A", "B"],
    });
    expect(choicePrompt(ask("medmcqa")).context).toBe("Question: What helps?\nChoices:\nA. rest\nB. tea\nAnswer:");
    expect(choicePrompt({ ...ask("mmlu-med"), tags: { subject: "college_biology" } }).context).toBe(
      "The following are multiple choice questions (with answers) about college biology.\n\nWhat helps?\nA. rest\nB. tea\nAnswer:",
    );
    expect(choicePrompt({ ...ask("pubmedqa"), context: "We measured." }).context).toBe(
      "Abstract: We measured.\nQuestion: What helps?\nAnswer:",
    );
    expect(choicePrompt(ask("pubmedqa"), [passage("a", "We measured."), passage("b", "It helped.")])).toEqual({
      context: "Abstract: We measured.\nIt helped.\nQuestion: What helps?\nAnswer:",
      continuations: ["rest", "tea"],
    });
  });
});

describe("multiple choice by likelihood", () => {
  const tokenizer = createWordTokenizer();
  const answerWith = (likely: string) => ({
    tokenizer,
    logProbabilities: (sequences: readonly (readonly number[])[]) =>
      Promise.resolve(
        sequences.map((tokens) =>
          Float32Array.from(tokens, (token) => (tokenizer.decode([token]) === likely ? -1 : -2)),
        ),
      ),
  });

  it("chooses the option whose continuation is likeliest", async () => {
    expect(await answerByLikelihood(answerWith("B"), [ask("medqa-usmle")], null)).toMatchObject([
      { chosen: "B", correct: true, correctByLength: true },
    ]);
    expect(await answerByLikelihood(answerWith("A"), [ask("medqa-usmle")], null)).toMatchObject([
      { chosen: "A", correct: false },
    ]);
  });

  it("divides by the continuation's length where lengths differ", async () => {
    expect(await answerByLikelihood(answerWith("x"), [ask("pubmedqa")], null)).toMatchObject([
      { chosen: "A", chosenByLength: "A" },
    ]);
    expect(await answerByLikelihood(answerWith("tea"), [ask("pubmedqa")], null)).toMatchObject([
      { chosen: "B", chosenByLength: "B" },
    ]);
  });

  it("cuts a context that is too long for the model at its beginning", async () => {
    const asked: (readonly number[])[] = [];
    const policy = {
      ...answerWith("B"),
      maximumTokens: 4,
      logProbabilities: (sequences: readonly (readonly number[])[]) => {
        asked.push(...sequences);
        return answerWith("B").logProbabilities(sequences);
      },
    };
    expect(await answerByLikelihood(policy, [ask("medqa-usmle")], null)).toMatchObject([{ chosen: "B" }]);
    // The last token is asked about, not read.
    expect(asked.map((tokens) => tokens.length)).toEqual([5, 5]);
    expect(tokenizer.decode(asked[1] ?? [])).toMatch(/Answer: B$/);
  });

  it("begins with what the tokenizer puts before a text", async () => {
    const asked: (readonly number[])[] = [];
    const base = answerWith("B");
    const policy = {
      tokenizer: { ...tokenizer, beginning: [7] },
      logProbabilities: (sequences: readonly (readonly number[])[]) => {
        asked.push(...sequences);
        return base.logProbabilities(sequences);
      },
    };
    expect(await answerByLikelihood(policy, [ask("medqa-usmle")], null)).toMatchObject([
      { chosen: "B", logLikelihoods: [-2, -1] },
    ]);
    expect(asked.map((tokens) => tokens[0])).toEqual([7, 7]);
  });

  it("retrieves by the question alone, without its options", async () => {
    const search = createWordSearch([passage("a", "What helps? tea")]);
    await answerByLikelihood(answerWith("B"), [ask("medqa-usmle")], { search, topN: 1 });
    expect(search.batches).toEqual([["What helps?"]]);
  });
});

describe("accuracy", () => {
  it("is meaned over questions, with its standard error", () => {
    expect(accuracyOf([...grade("a", true, true), ...grade("b", false, false), ...grade("c", true, false)])).toEqual({
      accuracy: 0.5,
      standardError: Math.sqrt(0.25 / 3),
      questions: 3,
    });
    expect(accuracyOf(grade("a", true))).toEqual({ accuracy: 1, standardError: null, questions: 1 });
    expect(accuracyOf([])).toBeNull();
  });

  it("is broken down by tag", () => {
    const graded = [...grade("a", true), ...grade("b", false)];
    expect(breakdown(graded, ({ questionId }) => (questionId === "a" ? "step1" : "step2")).get("step1")?.accuracy).toBe(
      1,
    );
    expect(breakdown(graded, () => undefined).size).toBe(0);
  });
});

describe("pass@k", () => {
  it("is the chance that one of k samples is right", () => {
    expect(passAtK(grade("a", true, false, false, false), 1)).toBeCloseTo(1 / 4);
    expect(passAtK(grade("a", true, false, false, false), 2)).toBeCloseTo(1 / 2);
    expect(passAtK([...grade("a", true, true), ...grade("b", false, false)], 2)).toBe(0.5);
    expect(() => passAtK(grade("a", true), 2)).toThrow("one has 1");
  });

  it("grows with k, from accuracy to whether any sample is right", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), (samples) => {
        const chances = samples.map((_, index) => passAtK(grade("a", ...samples), index + 1) ?? NaN);
        expect(chances[0]).toBeCloseTo(samples.filter(Boolean).length / samples.length);
        expect(chances.at(-1)).toBe(samples.includes(true) ? 1 : 0);
        expect(chances.every((chance, index) => index === 0 || chance >= (chances[index - 1] ?? 0))).toBe(true);
      }),
    );
  });
});

describe("majority vote", () => {
  it("takes the commonest answer, the earliest among equals", () => {
    expect(majorityVote(["A", "B", "B", null, null, null])).toBe("B");
    expect(majorityVote(["B", "A"])).toBe("B");
    expect(majorityVote([null])).toBeNull();
  });
});
