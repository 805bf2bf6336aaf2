import { z } from "zod";
import { iterationsOf, type Stage } from "../../configuration/stages.ts";
import type { Part } from "../../parts/part.ts";
import type { Schedule, TrainedStage, TrainingHistory } from "../schedule.ts";
import type { NextWork } from "../work.ts";
import { chooseEmphasis, emphasisOf, type Choice } from "./emphasis.ts";
import { costsSearch } from "./signs.ts";

const Settings = z.strictObject({
  /** Share of all iterations that the first stage's rewards have alone, at first; it goes on in pieces of this size while no search is lost. */
  firstShare: z
    .number()
    .gt(0)
    .max(0.5)
    .default(1 / 30),
  /** Share of all iterations between two looks. */
  lookShare: z
    .number()
    .gt(0)
    .max(1)
    .default(1 / 12),
});
type Settings = z.infer<typeof Settings>;

/** Pieces of the first stage at most. */
const firstPieces = 3;
/** Looks are gates that decide nothing: they measure the policy on validation questions. */
const look: Stage["gate"] = { minimumGain: -1, otherwise: "flag", maximumExtensions: 0 };

/**
 * Over as many iterations as the configured stages have together: the first stage's rewards for as long as they cost no search, then the rewards of all
 * together, with an emphasis on what the measurements say is missing (docs/schedules.md#adaptive). It decides from validation questions and sampled
 * training answers alone.
 */
export const adaptive: Part<Schedule, Settings> = {
  name: "adaptive",
  describe: "a short first stage, then all rewards, weighed by what validation shows to be missing",
  settings: Settings,
  create: (settings) => ({
    observes: true,
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
  /** Iterations of a piece of the first stage. */
  readonly first: number;
  readonly every: number;
}

function planOf(stages: readonly Stage[], { firstShare, lookShare }: Settings): Plan {
  const total = iterationsOf(stages);
  return {
    total,
    first: stages.length === 1 ? 0 : Math.max(1, Math.round(total * firstShare)),
    every: Math.max(1, Math.round(total * lookShare)),
  };
}

function outline(stages: readonly Stage[], settings: Settings): Stage[] {
  const { total, first } = planOf(stages, settings);
  const alone = Math.min(first, total);
  return [
    { name: "first", iterations: alone, rewards: stages[0]?.rewards ?? {}, gate: look },
    { name: "together", iterations: total - alone, rewards: stages.at(-1)?.rewards ?? {}, gate: look },
  ].filter(({ iterations }) => iterations > 0);
}

function next({ stages, trained, observed }: TrainingHistory, settings: Settings): NextWork {
  const plan = planOf(stages, settings);
  const done = iterationsOf(trained);
  const left = plan.total - done;
  const last = trained.at(-1);
  if (left <= 0) return end(last, plan.total);
  if (last === undefined && plan.first > 0)
    return train("first", Math.min(plan.first, left), stages[0]?.rewards ?? {}, "the first stage's rewards alone");
  if (last?.name === "first" && observed !== undefined && done < firstPieces * plan.first && !costsSearch(observed))
    return extend(Math.min(plan.first, left), "the first stage's rewards cost no search so far");
  const rewards = stages.at(-1)?.rewards ?? {};
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
