import { z } from "zod";
import { most } from "../configuration/bounds.ts";
import { iterationsOf, type Stage } from "../configuration/stages.ts";
import type { Part } from "../parts/part.ts";
import type { Schedule, TrainedStage } from "./schedule.ts";
import type { NextWork } from "./work.ts";

const Settings = z.strictObject({
  /** Tokens to take gradients of: `tokens/learnt` of the run that it stands beside. Left out: one iteration for each of the stages' iterations, of as many responses. */
  gradientTokens: z
    .number()
    .int()
    .min(1)
    .max(...most(1e15, "no run takes more"))
    .nullable()
    .default(null),
});

/** Iterations after which it is first known how many tokens one has. */
const first = 5;

/** The paper's SFT baseline (docs/method.md#supervised-fine-tuning): the demonstrations of `warmStart`, learnt for as long as the stages would be, and nothing else. */
export const sft: Part<Schedule, z.infer<typeof Settings>> = {
  name: "sft",
  describe: "supervised fine-tuning on demonstrations (warmStart) for as long as the stages together",
  settings: Settings,
  create: ({ gradientTokens }) => {
    const total = (stages: readonly Stage[]): number => Math.max(1, iterationsOf(stages));
    return {
      endsByItself: true,
      outline: (stages) => [stageOf(total(stages))],
      next: ({ stages, trained: [stage] }): NextWork => {
        if (stage === undefined) {
          const iterations = gradientTokens === null ? total(stages) : Math.min(first, total(stages));
          return { work: { kind: "train", stage: stageOf(iterations) }, reason: "the SFT baseline is one stage" };
        }
        const more = gradientTokens === null ? null : furtherTraining(stage, gradientTokens);
        if (more !== null) return more;
        return stage.accuracies === null
          ? { work: { kind: "evaluate" }, reason: `${stage.learntTokens} tokens are learnt` }
          : { work: { kind: "finish" }, reason: "the SFT baseline is trained" };
      },
    };
  },
};

function stageOf(iterations: number): Stage {
  return { name: "sft", iterations, rewards: {}, learns: "demonstrations", gate: null };
}

/** As many iterations as the tokens that are left want, at the pace so far; null where none are left, or none are ever learnt. */
function furtherTraining({ iterations, learntTokens }: TrainedStage, wanted: number): NextWork | null {
  if (learntTokens >= wanted || learntTokens === 0) return null;
  const left = Math.max(1, Math.round(((wanted - learntTokens) / learntTokens) * iterations));
  return {
    work: { kind: "extend", iterations: left },
    reason: `${learntTokens} of ${wanted} tokens are learnt`,
  };
}
