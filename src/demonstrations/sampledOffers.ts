import { randomStream } from "../domain/seed.ts";
import type { Offer, RejectedDemonstration, Wanted } from "./demonstrationSource.ts";
import { bestSearchesFirst } from "./bestSearchesFirst.ts";
import { sampleKept } from "./sampleKept.ts";
import type { SamplingPlan } from "./samplingPlan.ts";
import type { AskableInputs } from "./sourceInputs.ts";

/** What became of the sampling. */
export interface SamplingRecord {
  rounds: number;
  responses: number;
  /** Given up, since the first responses held no right one. */
  hopeless: boolean;
}

/** Responses without a right one among them, after which a model is given up. */
export const hopelessAfter = 128;

/** Samples round after round, questions in drawn order; one that has a demonstration is not asked again, and its other samples are left. */
export async function* sampledOffers(
  plan: SamplingPlan,
  inputs: AskableInputs,
  wanted: Wanted,
  record: SamplingRecord,
): AsyncGenerator<Offer | RejectedDemonstration> {
  let queue = randomStream([inputs.seed, "demonstrations", plan.purpose])
    .shuffle(inputs.questions)
    .filter(({ id }) => !wanted.has(id));
  let right = 0;
  for (let round = 1; round <= plan.rounds && queue.length > 0; round++) {
    record.rounds = round;
    const inRound = queue.slice(0, plan.questionsOfRound(wanted.missing()));
    for (let start = 0; start < inRound.length; start += plan.together) {
      const asked = inRound.slice(start, start + plan.together);
      const trajectories = await sampleKept(plan, asked, round, inputs);
      record.responses += trajectories.length;
      for (const [index, question] of asked.entries()) {
        const own = trajectories.slice(index * plan.samples, (index + 1) * plan.samples);
        for (const trajectory of await bestSearchesFirst(question, own, inputs.corpus))
          if (!wanted.has(question.id)) yield plan.offer({ question, trajectory, round });
      }
      right += asked.filter(({ id }) => wanted.has(id)).length;
      record.hopeless = right === 0 && record.responses >= hopelessAfter;
      if (record.hopeless) return;
    }
    const left = inRound.filter(({ id }) => !wanted.has(id));
    queue = [...queue.slice(inRound.length), ...left];
  }
}
