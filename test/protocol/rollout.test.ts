import { describe, expect, it } from "vitest";
import type { RunConfiguration } from "../../src/configuration/configuration.ts";
import { Question } from "../../src/domain/question.ts";
import { countTokens } from "../../src/domain/trajectory.ts";
import { trainingSequence } from "../../src/protocol/lossMask.ts";
import { PartFaultError } from "../../src/parts/partFault.ts";
import { rollout, sampleSeed } from "../../src/protocol/rollout.ts";
import { createWordSearch, passage } from "./passages.ts";
import { createScriptedSampler } from "./scriptedSampler.ts";
import { searching } from "../environments/runEnvironments.ts";

const configuration: RunConfiguration["rollout"] = {
  questions: 1,
  samples: 2,
  temperature: 1,
  topP: 1,
  topK: 0,
  maxResponseTokens: 100,
};
const address = { runSeed: 7, purpose: "training", branch: "main", stage: 1, iteration: 3 } as const;
const question = Question.parse({
  id: "q1",
  dataset: "test",
  kind: "open",
  text: "fever ?",
  answer: "rest",
  cluster: "flu",
});
const corpus = [
  passage("a", "flu first rest", 9),
  passage("b", "flu first tea", 1),
  passage("c", "flu first sleep", 1),
];

function play(...scripts: (readonly string[])[]) {
  const sampler = createScriptedSampler(scripts);
  const search = createWordSearch(corpus);
  const done = rollout({
    sampler,
    environment: searching,
    corpus: search,
    questions: [question],
    samples: scripts.length,
    configuration,
    address,
  });
  return { sampler, search, done };
}

describe("a rollout", () => {
  it("answers searches with passages and records what was asked and found", async () => {
    const [trajectory] = await play(["<think> <search> flu </search>", "rest . </think> <answer> rest </answer> <eos>"])
      .done;
    expect(trajectory).toMatchObject({
      branch: "main",
      stage: 1,
      iteration: 3,
      questionId: "q1",
      sample: 0,
      stopReason: "end",
      calls: [
        {
          tool: "search",
          arguments: "flu",
          status: "answered",
          response: "meta-analysis flu first rest | expert-opinion flu first tea",
          responseTokens: 11,
          error: null,
          payload: {
            passages: [
              { id: "a", level: 9 },
              { id: "b", level: 1 },
            ],
          },
        },
      ],
      text: "<think> <search> flu </search> <document> meta-analysis flu first rest | expert-opinion flu first tea </document> rest . </think> <answer> rest </answer>",
    });
    expect(trajectory?.segments.map((segment) => segment.origin)).toEqual(["policy", "environment", "policy"]);
  });

  it("searches once for all samples that stopped together", async () => {
    const { search, done } = play(
      ["<think> <search> flu </search>", "<eos>"],
      ["<think> <search> tea </search>", "<eos>"],
    );
    await done;
    expect(search.batches).toEqual([["flu", "tea"]]);
  });

  it("says in the block that nothing was found, and that a search failed, without harming others", async () => {
    const trajectories = await play(
      ["<think> <search> breaks </search>", "<eos>"],
      ["<think> <search> unknown </search>", "<eos>"],
    ).done;
    expect(trajectories.map(({ text, calls }) => [text, calls[0]?.status, calls[0]?.error])).toEqual([
      ["<think> <search> breaks </search> <document> failed </document>", "failed", "search is broken"],
      ["<think> <search> unknown </search> <document> none </document>", "answered", null],
    ]);
  });

  it.each([
    ["an empty query", "<think> <search> </search>"],
    ["a nested search", "<think> <search> a <search> b </search>"],
    ["a search that closes nothing", "<think> a </search>"],
    ["a tag inside a query", "<think> <search> a </think> b </search>"],
    ["the policy's own document", "<think> I read <document>"],
    ["a document tag inside a query", "<think> <search> a </document>"],
  ])("ends at %s", async (_, turn) => {
    const [trajectory] = await play([turn, "never said"]).done;
    expect(trajectory).toMatchObject({
      stopReason: "malformed-call",
      text: turn,
      calls: [{ tool: "search", status: "malformed", response: "", payload: {} }],
    });
  });

  it("ends at one search too many", async () => {
    const [trajectory] = await play([
      "<think> <search> flu </search>",
      "<search> flu </search>",
      "<search> flu </search>",
      "never said",
    ]).done;
    expect(trajectory).toMatchObject({ stopReason: "call-limit" });
    expect(trajectory?.calls.map((call) => call.status)).toEqual(["answered", "answered", "over-limit"]);
  });

  it("gives each sample its own randomness, and evaluation the same at every checkpoint", async () => {
    const { sampler, done } = play(["<eos>"], ["<eos>"]);
    await done;
    expect(sampler.requests.map((request) => request.seed)).toEqual([
      "7/main/training/1/3/q1/0",
      "7/main/training/1/3/q1/1",
    ]);
    const evaluation = { ...address, purpose: "evaluation" } as const;
    expect(sampleSeed(evaluation, "q1", 0)).toBe(
      sampleSeed({ ...evaluation, branch: "other", stage: 3, iteration: 9 }, "q1", 0),
    );
    expect(sampleSeed(evaluation, "q1", 0)).not.toBe(sampleSeed({ ...evaluation, purpose: "validation" }, "q1", 0));
  });
});

describe("the training sequence of a trajectory", () => {
  it("masks prompt and documents, and keeps the sampler's ids and log-probabilities", async () => {
    const [trajectory] = await play(["<think> <search> flu </search>", "</think> <answer> rest </answer> <eos>"]).done;
    if (trajectory === undefined) throw new Error("no trajectory");
    const { tokens, lossMask, sampledLogProbabilities, advantage } = trainingSequence(trajectory, 1.5);
    expect(tokens).toEqual([...trajectory.promptTokens, ...trajectory.segments.flatMap((segment) => segment.tokens)]);
    expect(lossMask.reduce((sum, one) => sum + one, 0)).toBe(countTokens(trajectory, "policy"));
    expect(sampledLogProbabilities).toEqual(lossMask.map((one) => (one === 1 ? -0.5 : 0)));
    expect(advantage).toBe(1.5);
  });

  it("refuses a policy segment without a log-probability for each token", () => {
    const segments = [{ origin: "policy" as const, tokens: [1, 2], logProbabilities: [-1] }];
    expect(() => trainingSequence({ promptTokens: [], segments }, 0)).toThrow("2 tokens but 1 log-probabilities");
  });
});

describe("a rollout with a tool whose answers do not fit", () => {
  it("is told so even by an engine that samples in other threads, which pass on the message alone", async () => {
    const sampler = createScriptedSampler([["<think> <search> flu </search>"]]);
    const fault = new PartFaultError('environment "search" gave no list of answers');
    const broken = { ...searching.open({ corpus: createWordSearch(corpus), tokenizer: sampler.tokenizer }) };
    const rolling = rollout({
      sampler: { ...sampler, sample: async () => Promise.reject(new Error(fault.message)) },
      environment: { ...searching, open: () => ({ ...broken, broken: () => fault }) },
      corpus: createWordSearch(corpus),
      questions: [question],
      samples: 1,
      configuration,
      address,
    });
    await expect(rolling).rejects.toBe(fault);
  });
});
