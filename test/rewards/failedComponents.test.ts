import { describe, expect, it } from "vitest";
import { grpo } from "../../src/algorithms/grpo.ts";
import { advantagesOf, learningBatch } from "../../src/training/learning.ts";
import { stageWeights } from "../../src/configuration/stageWeights.ts";
import { scoreGroup } from "../../src/rewards/score.ts";
import type { ScoringSubject } from "../../src/rewards/subject.ts";
import { questionsLeftOut, tooManyUnscored } from "../../src/rewards/unscored.ts";
import { referenceOf, retrieved, subjectOf, triples } from "./subjects.ts";

const answering = (answer: string): string => `<think> it is flu , so rest </think> <answer> ${answer} </answer>`;
const whole: Partial<ScoringSubject> = {
  references: [referenceOf("flu first rest", 0.5)],
  passages: [retrieved("flu first rest", 4, { relevance: 1 })],
  logLikelihoodGain: 0,
};
const failedIn = (subject: ScoringSubject, stage: keyof typeof stageWeights): readonly string[] =>
  scoreGroup([subject], stageWeights[stage])[0]?.failed ?? [];

describe("a grader that fails", () => {
  it("never pays: an answer without a verdict gets no share of the right ones, and is neither right nor wrong", () => {
    const [right, ...rest] = scoreGroup(
      [subjectOf(), ...["banana", "opium"].map((answer) => subjectOf({ text: answering(answer), judgement: null }))],
      stageWeights.reasoner,
    );
    expect(right).toMatchObject({ total: 1, correct: true });
    for (const score of rest)
      expect(score).toMatchObject({ total: 0.1, correct: null, failed: ["answer"], values: { answer: null } });
  });

  it.each<[string, Partial<ScoringSubject>, string[]]>([
    ["thinking", { triples: null, unread: ["thinking"] }, ["reasoning", "clinical"]],
    ["embeddings", { unread: ["embeddings"] }, ["reasoning", "retrieval"]],
    ["the gain in log-likelihood", { logLikelihoodGain: null }, ["retrieval"]],
  ])("is named by the parts that it leaves open: %s", (_, missing, parts) => {
    const subject = subjectOf({ ...whole, states: "flu first rest", ...missing });
    expect(failedIn(subject, "collaboration")).toEqual(parts);
    const [score] = scoreGroup([subject], stageWeights.collaboration);
    for (const part of parts) expect(score?.values[part]).toBeNull();
  });

  it("counts where the stage weighs what it leaves open, and nowhere else", () => {
    const subject = subjectOf({ ...whole, states: "flu first rest", logLikelihoodGain: null });
    expect(failedIn(subject, "reasoner")).toEqual([]);
    expect(failedIn(subject, "retriever")).toEqual(["retrieval"]);
  });

  it("counts for a passage where reading it might have changed the value", () => {
    const unreadable = (level: number) => ({ ...retrieved("x", level), triples: null });
    const withPassages = (levels: readonly number[]): ScoringSubject =>
      subjectOf({
        ...whole,
        question: { goldFacts: triples("flu first rest") },
        states: "flu first rest",
        unread: ["passages"],
        passages: [retrieved("flu first rest", 4), ...levels.map(unreadable)],
      });
    expect(failedIn(withPassages([3]), "collaboration")).toEqual([]);
    expect(failedIn(withPassages([5]), "collaboration")).toEqual(["retrieval", "clinical"]);
  });

  it("is not what data do without: no extractor, no reference, nobody who measured", () => {
    expect(failedIn(subjectOf(), "collaboration")).toEqual([]);
    expect(
      failedIn(
        subjectOf({ references: [referenceOf("flu first rest")], passages: [{ ...retrieved("x", 9), triples: null }] }),
        "collaboration",
      ),
    ).toEqual([]);
  });

  it("says nothing of a response that fails the format gate", () => {
    expect(
      failedIn(
        subjectOf({ text: "no tags", judgement: null, triples: null, unread: ["thinking"], logLikelihoodGain: null }),
        "collaboration",
      ),
    ).toEqual([]);
  });
});

describe("the groups of an update", () => {
  it("are left out as a whole where one response could not be scored, so that no advantage comes from a false mean", () => {
    const trajectories = ["a", "a", "b", "b"].map((questionId) => ({ questionId }));
    const scores = [
      ...scoreGroup([subjectOf(), subjectOf({ text: answering("banana"), judgement: null })], stageWeights.reasoner),
      ...scoreGroup([subjectOf(), subjectOf({ text: answering("banana") })], stageWeights.reasoner),
    ];
    expect(questionsLeftOut(trajectories, scores)).toEqual(new Set(["a"]));
    const batch = learningBatch({ trajectories, scores, components: [], questions: 2 });
    const advantages = advantagesOf(grpo.create(grpo.settings.parse({})), batch);
    expect(advantages.slice(0, 2)).toEqual([null, null]);
    expect(advantages.slice(2).map((advantage) => Math.sign(advantage ?? 0))).toEqual([1, -1]);
  });

  it("hold the run where too many could not be scored, with the parts and the reason", () => {
    const scores = (failing: number) =>
      scoreGroup(
        Array.from({ length: 10 }, (_, index) =>
          subjectOf({ text: answering("tea"), ...(index < failing && { judgement: null }) }),
        ),
        stageWeights.reasoner,
      );
    expect(tooManyUnscored(scores(2), 0.1, null)).toBeNull();
    expect(tooManyUnscored(scores(3), 0.1, "judge: the reply is empty")).toBe(
      "3 of 10 responses (30.0 %) could not be scored (answer 3); guard.maximumUnscoredShare allows 10.0 %. The last reason: judge: the reply is empty. Mend the judge, extractor or measurement, then retry: what could not be used is asked for again.",
    );
    expect(tooManyUnscored([], 0, null)).toBeNull();
    expect(tooManyUnscored(scores(1).slice(0, 1), 0.5, null)).toContain("1 of 1 responses");
  });
});
