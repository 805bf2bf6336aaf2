import { describe, expect, it } from "vitest";
import { answer as answerReward } from "../../src/rewards/answer.ts";
import { clinical } from "../../src/rewards/clinical.ts";
import { clinicalConsistency } from "../../src/rewards/clinicalConsistency.ts";
import { diagnosticPlausibility } from "../../src/rewards/diagnosticPlausibility.ts";
import { evidentialSupport } from "../../src/rewards/evidentialSupport.ts";
import { referenceOf, retrieved, scoreComposite, subjectOf } from "./subjects.ts";

describe("clinical consistency", () => {
  const references = [referenceOf("flu first rest; rest safe asthma; flu suggests fever")];

  it("counts triples that oppose the reference or give a relation another tail", () => {
    expect(clinicalConsistency.score(subjectOf({ references, states: "flu first rest; rest safe asthma" }))).toBe(1);
    expect(clinicalConsistency.score(subjectOf({ references, states: "flu first tea; rest safe asthma" }))).toBe(0.5);
    expect(clinicalConsistency.score(subjectOf({ references, states: "rest avoid asthma" }))).toBe(0);
  });

  it("leaves out what nothing can be said about, and is not scored when nothing is left", () => {
    expect(clinicalConsistency.score(subjectOf({ references, states: "flu suggests cough; flu first rest" }))).toBe(1);
    expect(clinicalConsistency.score(subjectOf({ references, states: "gout first tea" }))).toBeNull();
    expect(clinicalConsistency.score(subjectOf({ references }))).toBeNull();
  });

  it("asks retrieved passages where the references are silent, the best evidence first", () => {
    const passages = [retrieved("gout first tea", 2), retrieved("gout first rest", 9)];
    expect(clinicalConsistency.score(subjectOf({ references, passages, states: "gout first tea" }))).toBe(0);
    expect(clinicalConsistency.score(subjectOf({ references, passages, states: "gout first rest" }))).toBe(1);
    expect(
      clinicalConsistency.score(
        subjectOf({ references, passages: [retrieved("flu first tea", 9)], states: "flu first rest" }),
      ),
    ).toBe(1);
  });
});

describe("evidential support", () => {
  const passages = [retrieved("flu first rest", 6)];

  it("is the best evidence for what is stated about the answer", () => {
    expect(evidentialSupport.score(subjectOf({ passages, states: "flu first rest; x r y" }))).toBeCloseTo(6 / 9);
    expect(evidentialSupport.score(subjectOf({ passages, states: "flu first rest; rest safe asthma" }))).toBeCloseTo(
      3 / 9,
    );
  });

  it("is 0 when nothing is stated about the answer, and not scored without triples", () => {
    expect(evidentialSupport.score(subjectOf({ passages, states: "x r y" }))).toBe(0);
    expect(evidentialSupport.score(subjectOf({ passages }))).toBeNull();
  });
});

describe("diagnostic plausibility", () => {
  const question = { findings: ["fever", "cough"], answer: "rest" };
  const references = [referenceOf("fever suggests flu; flu first rest; flu first tea; cough suggests cold")];
  const respond = (text: string) => `<think> so </think> <answer> ${text} </answer>`;

  it("asks whether the answer is of the asked kind and which findings lead to it", () => {
    expect(diagnosticPlausibility.score(subjectOf({ question, references }))).toBe((1 + 0.5) / 2);
    expect(diagnosticPlausibility.score(subjectOf({ question, references, text: respond("tea") }))).toBe((1 + 0.5) / 2);
    expect(diagnosticPlausibility.score(subjectOf({ question, references, text: respond("asthma") }))).toBe(0);
  });

  it("knows kinds from retrieved passages too", () => {
    expect(
      diagnosticPlausibility.score(
        subjectOf({ question, references, passages: [retrieved("gout first ice", 1)], text: respond("ice") }),
      ),
    ).toBe(0.5);
  });

  it("is not scored when neither can be told", () => {
    expect(diagnosticPlausibility.score(subjectOf({ text: respond("tea") }))).toBeNull();
  });
});

describe("the answer that the clinical rewards look for", () => {
  const references = [referenceOf("fever suggests flu; flu first rest")];
  const passages = [retrieved("flu first rest", 9)];
  const options = [
    { label: "A", text: "tea" },
    { label: "B", text: "rest" },
  ];
  const scored = (answer: string, more: Parameters<typeof subjectOf>[0] = {}) => {
    const text = `<think> so </think> <answer> ${answer} </answer>`;
    const { question, ...others } = more;
    const states = "flu first rest";
    const asked = { findings: ["fever"], ...question };
    const subject = subjectOf({ references, passages, states, text, ...others, question: asked });
    return [answerReward, evidentialSupport, diagnosticPlausibility].map((reward) => reward.score(subject));
  };

  it.each(["rest", "The most likely diagnosis is rest", "\\boxed{rest}", "I would choose rest", "**Rest**"])(
    "is the one that the grader reads in %j",
    (answer) => {
      expect(scored(answer)).toEqual([1, 1, 1]);
    },
  );

  it("is the key's where a judge or the key knows it for a synonym, whichever the thinking names", () => {
    expect(scored("lying down", { judgement: 2 })).toEqual([1, 1, 1]);
    expect(scored("lying down", { question: { acceptedAnswers: ["lying down"] } })).toEqual([1, 1, 1]);
    const named = { states: "flu first repose", passages: [retrieved("flu first repose", 9)] };
    expect(scored("repose", { ...named, judgement: 2 })).toEqual([1, 1, 1]);
  });

  it("is its own where it is wrong, partly right or not judged", () => {
    for (const judgement of [0, 1, null] as const) expect(scored("lying down", { judgement }).slice(1)).toEqual([0, 0]);
    expect(scored("I would choose tea").slice(1)).toEqual([0, 0]);
  });

  it("is the text of an option that it names", () => {
    expect(scored("(B)", { question: { kind: "choice", options, answer: "B" } })).toEqual([1, 1, 1]);
    expect(scored("(A)", { question: { kind: "choice", options, answer: "B" } })).toEqual([0.1, 0, 0.5]);
  });

  it("is told from one that differs in the letter A", () => {
    const triple = { head: "influenza A virus", relation: "cause", tail: "flu", retrieved: null };
    const named = { triples: [triple], passages: [{ ...retrieved("x r y", 9), triples: [triple] }] };
    const question = { answer: "influenza A virus" };
    expect(["influenza a virus", "influenza virus"].map((one) => scored(one, { ...named, question })[1])).toEqual([
      1, 0,
    ]);
  });
});

describe("the clinical reward", () => {
  it("is the mean of those that were scored", () => {
    expect(scoreComposite(clinical, subjectOf())).toBe(1);
    expect(scoreComposite(clinical, subjectOf({ states: "x r y" }))).toBe(0.5);
  });
});
