import type { RewardWeights } from "../../configuration/rewardWeights.ts";
import type { Observed } from "../observation.ts";
import type { TrainedStage } from "../schedule.ts";
import { misaligned, missesConclusion, missesEvidence } from "./signs.ts";

/** What the next iterations emphasise: a name for their stage, their weights, and why. */
export interface Choice {
  readonly emphasis: "together" | "evidence" | "conclusion" | "without";
  readonly rewards: RewardWeights;
  readonly reason: string;
}

export interface Situation {
  /** Weights of all rewards together. */
  readonly rewards: RewardWeights;
  readonly observed: Observed;
  readonly trained: readonly TrainedStage[];
  /** Iterations between two looks. */
  readonly patience: number;
}

/** Looks that a new emphasis has before another one is thought of: what is rare at first takes long to spread. */
const looksToWait = 3;
const factor = 2;
export const ofEvidence = ["retrieval", "retrievalRecall", "evidenceRecall", "usefulness"] as const;
/** Rewards of the first skill, which is rehearsed. */
const ofConclusion = ["answer", "reasoning", "logical"];

/** Decides what is missing; a stage that has just begun is left alone. */
export function chooseEmphasis({ rewards, observed, trained, patience }: Situation): Choice {
  const last = trained.at(-1);
  const emphasis = last === undefined ? null : emphasisOf(last);
  const together = trained.filter(({ name }) => name !== "awaken");
  const isYoung = last !== undefined && last.name !== "awaken" && last.iterations < looksToWait * patience;
  const against = misaligned(
    observed,
    weighed(rewards).filter((name) => name !== "answer"),
  );
  if (against.length > 0)
    return {
      emphasis: "without",
      rewards: scaled(rewards, against, 1 / factor),
      reason: `${against.join(", ")} rose where answers were wrong, at two looks: ${emphasis === "without" ? "this stage's weights go on" : "half the weight"}`,
    };
  if (together.length > 0 && !isYoung && weighs(rewards, ofEvidence) && missesEvidence(observed))
    return {
      emphasis: "evidence",
      rewards: scaled(rewards, [...ofEvidence, "evidenceGathered"], factor),
      reason: "searches miss what is needed, and that does not change: more weight on evidence",
    };
  if (together.length > 0 && !isYoung && weighs(rewards, ofConclusion) && missesConclusion(observed))
    return {
      emphasis: "conclusion",
      rewards: scaled(rewards, ofConclusion, factor),
      reason: "what is needed is found and the answer does not follow from it: the first skill again",
    };
  if (isYoung && (emphasis === "evidence" || emphasis === "conclusion"))
    return { emphasis, rewards, reason: "the emphasis has not had its time yet" };
  return { emphasis: "together", rewards, reason: "all rewards together" };
}

/** What a stage of this schedule emphasised, by its name: "awaken", or a choice's emphasis. */
export function emphasisOf({ name }: Pick<TrainedStage, "name">): string {
  return name.replace(/-\d+$/u, "");
}

/** Names of the rewards whose weight can be changed. */
function weighed(rewards: RewardWeights): string[] {
  return Object.entries(rewards).flatMap(([name, weight]) => ((weight ?? 0) > 0 ? [name] : []));
}

function weighs(rewards: RewardWeights, names: readonly string[]): boolean {
  return weighed(rewards).some((name) => names.includes(name));
}

function scaled(rewards: RewardWeights, names: readonly string[], by: number): RewardWeights {
  return Object.fromEntries(
    Object.entries(rewards).map(([name, weight]) => [name, names.includes(name) ? (weight ?? 0) * by : weight]),
  );
}
