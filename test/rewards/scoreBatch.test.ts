import { describe, expect, it } from "vitest";
import type { Trajectory } from "../../src/domain/trajectory.ts";
import { stageWeights } from "../../src/configuration/stageWeights.ts";
import { UnusableEmbeddingsError } from "../../src/domain/embedding.ts";
import { featureHashing } from "../../src/rewards/featureHashing.ts";
import { proveReferences } from "../../src/rewards/proveReference.ts";
import { scoreBatch } from "../../src/rewards/scoreBatch.ts";
import { openMedicine } from "../../src/tasks/world/medicine.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { questionOf, triples } from "./subjects.ts";
import { searchCalls } from "../environments/searchCalls.ts";
import { searchProtocol } from "../../src/environments/search/searchTags.ts";

const world = openMedicine(1);

function attempt(questionId: string, text: string, passageIds: readonly string[] = []): { trajectory: Trajectory } {
  return {
    trajectory: {
      branch: "main",
      stage: 1,
      iteration: 0,
      questionId,
      sample: 0,
      promptTokens: [],
      segments: [],
      text,
      stopReason: "end",
      calls: searchCalls(...passageIds),
    },
  };
}

describe("a batch of trajectories", () => {
  const question = questionOf({
    goldFacts: triples("flu first rest"),
    references: [{ answer: "rest", reasoning: "flu first rest .", graph: triples("flu first rest") }],
  });
  const sources = {
    questions: [question],
    passages: createWordSearch([passage("p", "flu first rest", 9)]),
    extractor: { name: "words", extract: (text: string) => triples(text.replaceAll(".", ";")) },
    embedder: featureHashing,
    maxResponseTokens: 100,
    tags: searchProtocol,
  };
  const perfect = attempt("q", "<think> flu first rest . </think> <answer> rest </answer>", ["p"]);
  const wrong = attempt("q", "<think> flu first tea . </think> <answer> tea </answer>");

  it("is scored from its own text, references and retrieved passages, in order", async () => {
    const scores = await scoreBatch([wrong, perfect], sources, stageWeights.collaboration);
    expect(scores.map((score) => score.correct)).toEqual([false, true]);
    expect(scores[1]?.values).toMatchObject({ answer: 1, logical: 1, statistical: 1, semantic: 1, evidenceRecall: 1 });
    expect(scores[0]?.values).toMatchObject({ answer: 0.1, logical: 0, evidenceRecall: 0 });
  });

  it("counts no fact that stood behind the cut of a passage: nobody could read it", async () => {
    const cutAt = (text: string): { trajectory: Trajectory } => ({
      trajectory: {
        ...perfect.trajectory,
        calls: perfect.trajectory.calls.map((call) => ({
          ...call,
          payload: { passages: [{ id: "p", level: 9, text }] },
        })),
      },
    });
    const shown = ["flu first rest", "flu first", ""].map(cutAt);
    const scores = await scoreBatch(shown, sources, stageWeights.collaboration);
    expect(scores.map(({ values }) => values["evidenceRecall"])).toEqual([1, 0, 0]);
    expect(scores.map(({ values }) => values["evidentialSupport"])).toEqual([1, 0, 0]);
  });

  it("fails where the encoder cannot be asked, so that it is asked again later", async () => {
    const away = { name: "away", embed: () => Promise.reject(new Error("no service")) };
    await expect(scoreBatch([perfect], { ...sources, embedder: away }, stageWeights.reasoner)).rejects.toThrow(
      "no service",
    );
  });

  it("leaves out what needs an extractor when the data have none, and an encoder that gives no vectors", async () => {
    const failing = { name: "failing", embed: () => Promise.reject(new UnusableEmbeddingsError("no vectors")) };
    const scores = await scoreBatch(
      [perfect],
      { ...sources, extractor: null, embedder: failing },
      stageWeights.reasoner,
    );
    expect(scores[0]?.values).toMatchObject({
      answer: 1,
      logical: null,
      statistical: null,
      semantic: null,
      reasoning: null,
    });
  });

  it("refuses a trajectory whose question is not given", async () => {
    await expect(scoreBatch([attempt("other", "")], sources, stageWeights.reasoner)).rejects.toThrow(
      'question "other"',
    );
  });
});

describe("a reference given as the response", () => {
  it("scores full marks on every kind of world question", async () => {
    const faults = await Promise.all(
      [...world.training.slice(0, 100), ...world.validation.slice(0, 20)].map((question) =>
        proveReferences(question, { extractor: world.extractor, embedder: featureHashing }),
      ),
    );
    expect(faults.flat()).toEqual([]);
  });

  it("is told apart when it does not", async () => {
    const question = questionOf({ references: [{ answer: "tea", reasoning: "flu first tea .", graph: null }] });
    expect(await proveReferences(question, { extractor: null, embedder: featureHashing })).toEqual([
      "reference 1 scores 0.100 of 1 for answer",
    ]);
    expect(await proveReferences(questionOf(), { extractor: null, embedder: featureHashing })).toEqual([
      "it has no reference",
    ]);
  });
});

it("counts the searches of a response for what they cost, where the task says that they do", async () => {
  const cost = async (searchCost?: number): Promise<(number | null | undefined)[]> => {
    const text = "<think> flu </think> <answer> rest </answer>";
    const scores = await scoreBatch(
      [attempt("q", text), attempt("q", text, ["a", "b"])],
      {
        questions: [questionOf()],
        passages: createWordSearch([passage("a", "flu first rest", 9), passage("b", "flu first rest", 9)]),
        extractor: null,
        embedder: featureHashing,
        maxResponseTokens: 100,
        tags: searchProtocol,
        ...(searchCost === undefined ? {} : { searchCost }),
      },
      stageWeights.reasoner,
    );
    return scores.map(({ values }) => values["penalty/searchCost"]);
  };
  expect(await cost()).toEqual([undefined, undefined]);
  expect(await cost(0.1)).toEqual([0, 0.1 * searchCalls("a", "b").length]);
});
