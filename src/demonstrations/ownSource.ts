import type { SettingsOf } from "../configuration/warmStart.ts";
import type { DemonstrationSource } from "./demonstrationSource.ts";
import { hopelessAfter, sampledOffers } from "./sampledOffers.ts";
import type { SamplingRecord } from "./sampledOffers.ts";
import type { AskableInputs } from "./sourceInputs.ts";

/**
 * The model's own samples, as it sampled them, token by token (rejection sampling); of a question's
 * right ones that with the best searches. A round asks as many questions as demonstrations are missing,
 * those first that were not asked before.
 */
export function ownSource(settings: SettingsOf<"own">, inputs: AskableInputs): DemonstrationSource {
  const record: SamplingRecord = { rounds: 0, responses: 0, hopeless: false };
  return {
    from: "own",
    name: "the model's own samples",
    offers: (wanted) =>
      sampledOffers(
        {
          ...settings,
          purpose: "own",
          sampler: inputs.policy,
          together: inputs.rollout.questions,
          questionsOfRound: (missing) => missing,
          offer: ({ question, trajectory, round }) => ({
            question,
            trajectory,
            origin: { from: "own", round, sample: trajectory.sample },
          }),
        },
        inputs,
        wanted,
        record,
      ),
    notes: () => [
      `The model was sampled ${record.responses} times in ${record.rounds} of ${settings.rounds} rounds for demonstrations of its own.`,
      ...(record.hopeless
        ? [
            `It was given up: none of its first ${record.responses} responses was right and in the protocol (at least ${hopelessAfter} are tried).`,
          ]
        : []),
    ],
  };
}
