import { describe, expect, it } from "vitest";
import { Question } from "../../src/domain/question.ts";
import { rolloutOpeningFirst } from "../../src/protocol/openingFirst.ts";
import { rollout } from "../../src/protocol/rollout.ts";
import { createWordSearch, passage } from "./passages.ts";
import { createScriptedSampler } from "./scriptedSampler.ts";
import { searching } from "../environments/runEnvironments.ts";

const question = (id: string): Question =>
  Question.parse({ id, dataset: "test", kind: "open", text: `${id} ?`, answer: "rest", cluster: id });

/** Plays a script for each question, in their order. */
function options(scripts: readonly (readonly string[])[]) {
  const sampler = createScriptedSampler(scripts);
  return {
    sampler,
    environment: searching,
    corpus: createWordSearch([passage("a", "flu first rest", 9)]),
    questions: scripts.map((_, index) => question(`q${index}`)),
    samples: 1,
    configuration: { questions: 1, samples: 2, temperature: 0, topP: 1, topK: 0, maxResponseTokens: 100 },
    address: { runSeed: 7, purpose: "evaluation", branch: "", stage: 0, iteration: 0 } as const,
  };
}

const right = ["<think> rest . </think> <answer> rest </answer> <eos>"];
const wrong = ["The answer is rest . <eos>"];

describe("a rollout that looks at openings first", () => {
  it("samples no more than openings where no response begins with a think block", async () => {
    const asked = options([wrong, wrong]);
    const trajectories = await rolloutOpeningFirst(asked);
    expect(trajectories.map(({ text }) => text)).toEqual(["The answer is rest .", "The answer is rest ."]);
    expect(asked.sampler.requests.map(({ maxResponseTokens }) => maxResponseTokens)).toEqual([16, 16]);
  });

  it("samples the others to their end, with the seeds of a whole rollout, and keeps the order", async () => {
    const asked = options([right, wrong]);
    const [first, second] = await rolloutOpeningFirst(asked);
    expect([first, second].map((one) => one?.questionId)).toEqual(["q0", "q1"]);
    expect(first).toEqual((await rollout(options([right, wrong])))[0]);
    expect(asked.sampler.requests.map(({ maxResponseTokens }) => maxResponseTokens)).toEqual([16, 16, 100]);
    expect(asked.sampler.requests[2]?.seed).toBe(asked.sampler.requests[0]?.seed);
  });

  it("goes on where the opening may become a think block", async () => {
    for (const opening of [["  <think>"], ["<thi"]]) {
      const asked = options([opening]);
      await rolloutOpeningFirst(asked);
      expect(asked.sampler.requests).toHaveLength(2);
    }
  });
});
