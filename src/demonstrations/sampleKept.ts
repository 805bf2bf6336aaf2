import { createHash } from "node:crypto";
import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { Trajectory } from "../domain/trajectory.ts";
import { rollout } from "../protocol/rollout.ts";
import { createMemoryCache, noServiceUsage } from "../services/answerCache.ts";
import type { ServiceUsage } from "../services/answerCache.ts";
import type { SamplingPlan } from "./samplingPlan.ts";
import type { AskableInputs } from "./sourceInputs.ts";

const Samples = z.array(Trajectory);

/**
 * Samples of questions, in order. What was kept by an attempt before is taken from there; the rest is sampled and kept, with what a server took for it,
 * in one commit: an attempt that dies loses no more than the questions that were sampled together.
 */
export async function sampleKept(
  plan: SamplingPlan,
  questions: readonly Question[],
  round: number,
  inputs: AskableInputs,
): Promise<Trajectory[]> {
  const kept = inputs.kept ?? createMemoryCache();
  const asked = questions.map((question) => ({ question, key: keyOf(plan, question, round, inputs) }));
  const known = await kept.get(asked.map(({ key }) => key));
  const missing = asked.filter(({ key }) => !known.has(key));
  const before = plan.usage?.() ?? noServiceUsage;
  const sampled =
    missing.length === 0
      ? []
      : await sample(
          plan,
          missing.map(({ question }) => question),
          round,
          inputs,
        );
  const usage = difference(plan.usage?.() ?? noServiceUsage, before);
  const answers = missing.map(({ key }, index) => ({
    key,
    answer: JSON.stringify(sampled.slice(index * plan.samples, (index + 1) * plan.samples)),
    usage: index === 0 ? usage : noServiceUsage,
  }));
  await kept.put(answers);
  const all = new Map([...known, ...answers.map(({ key, answer }) => [key, answer] as const)]);
  return asked.flatMap(({ key }) => Samples.parse(JSON.parse(all.get(key) ?? "[]")));
}

function sample(
  { sampler, temperature, samples, purpose }: SamplingPlan,
  questions: readonly Question[],
  round: number,
  { environment, corpus, rollout: configuration, address, seed, control }: AskableInputs,
): Promise<Trajectory[]> {
  return rollout({
    sampler,
    environment,
    corpus,
    questions,
    samples,
    configuration: { ...configuration, temperature },
    // A branch's name of its own keeps these draws apart from those of the stages.
    address: {
      runSeed: seed,
      purpose: "training",
      branch: `demonstrations-${purpose}`,
      stage: address.stage,
      iteration: round,
    },
    ...(control?.signal && { control: { signal: control.signal } }),
  });
}

/** All that samples depend on, beside the model that draws them. */
function keyOf(
  { purpose, sampler, temperature, samples }: SamplingPlan,
  question: Question,
  round: number,
  { seed, address, environment, rollout: configuration }: AskableInputs,
): string {
  // As text: the ids of a server's model may be numbered as its pieces come.
  const prompt = sampler.tokenizer.decode(environment.prompt(sampler.tokenizer, question));
  const parts = [purpose, seed, address.branch, address.stage, round, question.id, prompt];
  const drawing = [environment.chosen, configuration, temperature, samples];
  return createHash("sha256")
    .update(JSON.stringify(["demonstrations", ...parts, ...drawing]))
    .digest("hex");
}

function difference(a: ServiceUsage, b: ServiceUsage): ServiceUsage {
  return {
    requests: a.requests - b.requests,
    inputTokens: a.inputTokens - b.inputTokens,
    outputTokens: a.outputTokens - b.outputTokens,
    money: a.money - b.money,
  };
}
