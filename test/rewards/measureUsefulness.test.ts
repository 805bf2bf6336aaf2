import { describe, expect, it } from "vitest";
import type { Trajectory } from "../../src/domain/trajectory.ts";
import { answerContexts, likelihoodGains, measureLikelihoods } from "../../src/rewards/measureUsefulness.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { createWordTokenizer } from "../protocol/scriptedSampler.ts";
import { questionOf } from "./subjects.ts";
import { searchCalls } from "../environments/searchCalls.ts";
import { searching } from "../environments/runEnvironments.ts";

const tokenizer = createWordTokenizer();

/** A policy that finds a word likely (−0.1 nats) when it stood in the text before, and else unlikely (−2.1). */
const policy = {
  tokenizer,
  logProbabilities: (sequences: readonly (readonly number[])[]) =>
    Promise.resolve(
      sequences.map((tokens) =>
        Float32Array.from(tokens, (token, t) => (t === 0 ? 0 : tokens.slice(0, t).includes(token) ? -0.1 : -2.1)),
      ),
    ),
};

const attempt = (passageIds: string[]): Trajectory => ({
  branch: "main",
  stage: 2,
  iteration: 0,
  questionId: "q",
  sample: 0,
  promptTokens: [],
  segments: [],
  text: "",
  stopReason: "end",
  calls: searchCalls(...passageIds),
});

const options = {
  questions: [questionOf({ answer: "sleep" })],
  policyState: "start",
  maxPassageTokens: 16,
  protocol: searching,
};
const passages = createWordSearch([passage("right", "flu first sleep", 9), passage("wrong", "flu first tea", 1)]);

async function gains(trajectories: readonly Trajectory[], maxResponseTokens = 100): Promise<(number | null)[]> {
  const likelihoods = await measureLikelihoods(answerContexts(trajectories, options), {
    policy,
    passages,
    maxPassageTokens: 16,
    protocol: searching,
    maxResponseTokens,
  });
  return likelihoodGains(trajectories, likelihoods, options);
}

describe("usefulness of what was retrieved", () => {
  it("is the gain in mean log-likelihood of the right answer", async () => {
    const [helped, misled, alone] = await gains([attempt(["right"]), attempt(["wrong"]), attempt([])]);
    // Of the two tokens "sleep" and "</answer>", one becomes likely.
    expect(helped).toBeCloseTo(2 / 2, 5);
    expect(misled).toBeCloseTo(0, 5);
    expect(alone).toBe(0);
  });

  it("is not scored where it was not measured, and where question and passages are too long", async () => {
    expect(likelihoodGains([attempt(["right"]), attempt([])], new Map(), options)).toEqual([null, 0]);
    expect(await gains([attempt(["right"])], 8)).toEqual([null]);
  });

  it("measures equal contexts once, and nothing where nothing was retrieved", () => {
    expect(answerContexts([attempt(["right"]), attempt(["right"]), attempt([])], options)).toHaveLength(2);
    expect(answerContexts([attempt([])], options)).toEqual([]);
  });

  it("belongs to the policy that measured it, the question, its answer, and the passages", () => {
    const keys = (changed: Partial<typeof options>, ids = ["right"]): string[] =>
      answerContexts([attempt(ids)], { ...options, ...changed }).map(({ key }) => key);
    const all = [
      ...keys({}),
      ...keys({ policyState: "other" }),
      ...keys({ questions: [questionOf({ answer: "tea" })] }),
      ...keys({ questions: [questionOf({ answer: "sleep", text: "pain ?" })] }),
      ...keys({ maxPassageTokens: 8 }),
      keys({}, ["wrong"])[1],
    ];
    expect(new Set(all).size).toBe(11);
    expect(keys({})).toEqual(keys({}));
  });
});
