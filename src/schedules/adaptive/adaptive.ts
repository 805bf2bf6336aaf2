import { z } from "zod";
import { iterationsOf, type Stage } from "../../configuration/stages.ts";
import type { Part } from "../../parts/part.ts";
import type { Schedule, TrainedStage, TrainingHistory } from "../schedule.ts";
import type { NextWork } from "../work.ts";
import { chooseEmphasis, emphasisOf, type Choice } from "./emphasis.ts";
import { evidenceWeight, gathering, withGathering } from "./gathering.ts";
import { isAwake } from "./signs.ts";

const Settings = z.strictObject({
  /** Share of all iterations in a piece of the beginning, in which searching is woken; it goes on by such pieces until that is done. */
  firstShare: z
    .number()
    .gt(0)
    .max(0.5)
    .default(1 / 9),
  /** Share of all iterations between two looks. */
  lookShare: z
    .number()
    .gt(0)
    .max(1)
    .default(1 / 6),
});
type Settings = z.infer<typeof Settings>;

/** Share of all iterations that the beginning takes at most. */
const mostFirst = 1 / 2;
/** Looks are gates that decide nothing: they measure the policy on validation questions. */
const look: Stage["gate"] = { minimumGain: -1, otherwise: "flag", maximumExtensions: 0 };

/**
 * Over as many iterations as the configured stages have together: the last stage's rewards, and a reward for evidence looked at until searching is awake,
 * which keeps a small weight to the end; with an emphasis on what the measurements say is missing (docs/schedules.md#adaptive). It decides from validation
 * questions and sampled training answers alone.
 */
export const adaptive: Part<Schedule, Settings> = {
  name: "adaptive",
  describe: "searching is woken first, then all rewards, weighed by what validation shows to be missing",
  settings: Settings,
  create: (settings) => ({
    observes: true,
    endsByItself: true,
    outline: (stages) => outline(withIterations(stages), settings),
    next: (history) => next({ ...history, stages: withIterations(history.stages) }, settings),
  }),
};

/** A stage without iterations is left out, here as by other schedules. */
function withIterations(stages: readonly Stage[]): readonly Stage[] {
  return stages.filter(({ iterations }) => iterations > 0);
}

interface Plan {
  readonly total: number;
  /** Iterations of a piece of the beginning; 0 where no reward of evidence has a weight. */
  readonly first: number;
  readonly every: number;
}

function planOf(stages: readonly Stage[], { firstShare, lookShare }: Settings): Plan {
  const total = iterationsOf(stages);
  return {
    total,
    first: evidenceWeight(stages) === 0 ? 0 : Math.max(1, Math.round(total * firstShare)),
    every: Math.max(1, Math.round(total * lookShare)),
  };
}

function outline(stages: readonly Stage[], settings: Settings): Stage[] {
  const { total, first } = planOf(stages, settings);
  const alone = Math.min(first, total);
  return [
    { name: "awaken", iterations: alone, rewards: withGathering(stages, gathering.first), gate: look },
    { name: "together", iterations: total - alone, rewards: withGathering(stages, gathering.later), gate: look },
  ].filter(({ iterations }) => iterations > 0);
}

function next({ stages, trained, observed }: TrainingHistory, settings: Settings): NextWork {
  const plan = planOf(stages, settings);
  const done = iterationsOf(trained);
  const left = plan.total - done;
  const last = trained.at(-1);
  if (left <= 0) return end(last, plan.total);
  if (last === undefined && plan.first > 0)
    return train(
      "awaken",
      Math.min(plan.first, left),
      withGathering(stages, gathering.first),
      "all rewards together, and one for evidence looked at",
    );
  if (last?.name === "awaken" && observed !== undefined && done < mostFirst * plan.total && !isAwake(observed))
    return extend(Math.min(plan.first, left), "searches, or those that ask for a band of evidence, still get more");
  const rewards = withGathering(stages, gathering.later);
  const choice: Choice =
    observed === undefined
      ? { emphasis: "together", rewards, reason: "all rewards together" }
      : chooseEmphasis({ rewards, observed, trained, patience: plan.every });
  const iterations = Math.min(plan.every, left);
  if (last !== undefined && emphasisOf(last) === choice.emphasis) return extend(iterations, choice.reason);
  const isFirstOfKind = !trained.some((stage) => emphasisOf(stage) === choice.emphasis);
  const name = isFirstOfKind ? choice.emphasis : `${choice.emphasis}-${trained.length + 1}`;
  return train(name, iterations, choice.rewards, choice.reason);
}

function end(last: TrainedStage | undefined, total: number): NextWork {
  return last === undefined || last.accuracies !== null
    ? { work: { kind: "finish" }, reason: `all ${total} iterations are trained` }
    : { work: { kind: "evaluate" }, reason: "the iterations are used up" };
}

function train(name: string, iterations: number, rewards: Stage["rewards"], reason: string): NextWork {
  return { work: { kind: "train", stage: { name, iterations, rewards, gate: look } }, reason };
}

function extend(iterations: number, reason: string): NextWork {
  return { work: { kind: "extend", iterations }, reason };
}
