import type { SettingsOf } from "../configuration/warmStart.ts";
import { openServedModel } from "../engines/openai/open.ts";
import type { Served } from "../engines/openai/sampler.ts";
import type { ServiceUsage } from "../services/answerCache.ts";
import { placeOf } from "./demonstration.ts";
import type { DemonstrationOrigin } from "./demonstration.ts";
import type { DemonstrationSource } from "./demonstrationSource.ts";
import { hopelessAfter, sampledOffers } from "./sampledOffers.ts";
import type { SamplingRecord } from "./sampledOffers.ts";
import type { Sampled } from "./samplingPlan.ts";
import type { AskableInputs } from "./sourceInputs.ts";

/** A served model that answers the training questions with the run's tools; its texts are written with the policy's tokens. */
export function teacherSource(settings: SettingsOf<"teacher">, inputs: AskableInputs): DemonstrationSource {
  const { model, samples, temperature, ...served } = settings;
  const record: SamplingRecord = { rounds: 0, responses: 0, hopeless: false };
  return {
    from: "teacher",
    name: `teacher ${model} of ${served.service}`,
    offers: async function* (wanted) {
      const { from: _, ...settingsOfServer } = served;
      const teacher = await openServedModel(settingsOfServer, model, inputs.processEnvironment);
      const plan = {
        purpose: `teacher-${model}`,
        sampler: teacher,
        temperature,
        rounds: samples,
        samples: 1,
        together: Math.max(inputs.rollout.questions, 2 * settings.concurrency),
        questionsOfRound: () => inputs.questions.length,
        usage: () => usageOf(teacher.served, settings.price),
        offer: (sampled: Sampled) => offer(model, sampled),
      };
      yield* sampledOffers(plan, inputs, wanted, record);
    },
    notes: () => [
      `The teacher ${model} wrote ${record.responses} responses.`,
      ...(record.hopeless
        ? [
            `The teacher was given up: none of its first ${record.responses} responses was right and in the protocol (at least ${hopelessAfter} are tried).`,
          ]
        : []),
    ],
  };
}

function usageOf({ requests, inputTokens, outputTokens }: Served, price: SettingsOf<"teacher">["price"]): ServiceUsage {
  const money = (inputTokens * price.input + outputTokens * price.output) / 1e6;
  return { requests, inputTokens, outputTokens, money };
}

function offer(model: string, { question, trajectory: { text, stopReason }, round }: Sampled) {
  const origin: DemonstrationOrigin = { from: "teacher", model, sample: round - 1 };
  return stopReason === "length"
    ? {
        from: origin.from,
        place: placeOf(origin, question.id),
        kind: "too-long" as const,
        reason: "the response reached rollout.maxResponseTokens without an end",
      }
    : { question, origin, response: text };
}
