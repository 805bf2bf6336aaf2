import type { RunConfiguration } from "../configuration/configuration.ts";
import type { Stage } from "../configuration/stages.ts";
import { runStages } from "../curriculum/runStages.ts";
import { addressKey, type RunHistory } from "../trajectories/history.ts";
import type { RunUsage } from "../trajectories/log.ts";
import { addUsage, noUsage, type Usage } from "../domain/usage.ts";
import type { Rates } from "./rates.ts";

/** What a stage's iterations learn from. */
export type Learns = NonNullable<Stage["learns"]>;

/** Seconds that parts of a run take; null where nothing tells. */
export interface Pace {
  /** One answer of an evaluation. */
  readonly answer: number | null;
  readonly iteration: Readonly<Record<Learns, number | null>>;
}

export interface PaceSources {
  readonly configuration: RunConfiguration;
  readonly history: RunHistory;
  readonly usage: RunUsage;
  /** Answers of an evaluation on each pool that tells how fast the run's policy answers. */
  readonly answers: ReadonlyMap<string, number>;
  readonly planned: Planned | null;
}

/** What is known before anything is measured. */
export interface Planned {
  /** Mean tokens of a prompt. */
  readonly promptTokens: number;
  readonly rates: Rates;
}

/** So many iterations or answers, and what they took together. */
interface Measured {
  readonly count: number;
  readonly usage: Usage;
}

/** Iterations, the newest, that their pace is taken from. */
const recent = 5;

/** Whether a stage samples what it learns from, or is given it. */
export function learnsFrom({ learns = "rollouts" }: Pick<Stage, "learns">): Learns {
  return learns;
}

/**
 * The pace that the run's log measured. Where no iteration with rollouts is done yet, evaluations tell how fast the policy answers,
 * and iterations on demonstrations how fast it learns; before there are any, the plan tells.
 */
export function paceOf(sources: PaceSources): Pace {
  const { questions, samples } = sources.configuration.rollout;
  const demonstrated = newestIterations(sources.history, "demonstrations");
  const { answer, trained, sequence } = partsOf(sources, demonstrated);
  const learning = sequence === null || trained === null ? null : (questions * samples * sequence) / trained;
  const estimated = answer === null || learning === null ? null : questions * samples * answer + learning;
  return {
    answer,
    iteration: {
      rollouts: secondsOfEach(newestIterations(sources.history, "rollouts")) ?? estimated,
      demonstrations: secondsOfEach(demonstrated) ?? learning,
    },
  };
}

/** Seconds of an answer, tokens a second of learning, and tokens of a sequence to learn from. */
function partsOf(
  sources: PaceSources,
  demonstrated: Measured | null,
): Readonly<Record<"answer" | "trained" | "sequence", number | null>> {
  const { configuration, planned } = sources;
  const { questions, samples, maxResponseTokens } = configuration.rollout;
  const answer = secondsOfEach(newestAnswers(sources));
  if (demonstrated !== null)
    return {
      answer: answer ?? (planned === null ? null : maxResponseTokens / planned.rates.sampled),
      trained: demonstrated.usage.trainedTokens / demonstrated.usage.seconds,
      sequence: demonstrated.usage.trainedTokens / (demonstrated.count * questions * samples),
    };
  if (planned === null) return { answer, trained: null, sequence: null };
  const { promptTokens, rates } = planned;
  return {
    answer: answer ?? maxResponseTokens / rates.sampled,
    trained: rates.trained,
    sequence: promptTokens + maxResponseTokens,
  };
}

function secondsOfEach(measured: Measured | null): number | null {
  return measured === null ? null : measured.usage.seconds / measured.count;
}

/** The newest iterations of the stage of this kind that was trained last; null where there is none. */
function newestIterations(history: RunHistory, kind: Learns): Measured | null {
  const branch = history.currentBranch;
  const stages = runStages(history);
  const usages: Usage[] = [];
  let stage: number | null = null;
  for (let step = history.stepsDone(branch) - 1; step >= 0 && usages.length < recent; step--) {
    const [plan, outcome] = [history.plan({ branch, step }), history.outcome({ branch, step })];
    const of = outcome === null ? undefined : stages[outcome.stage - 1];
    if (outcome === null || of === undefined || learnsFrom(of) !== kind) continue;
    if (stage !== null && outcome.stage !== stage) break;
    stage = outcome.stage;
    usages.push(addUsage(plan?.usage ?? noUsage, outcome.usage));
  }
  return usages.length === 0 ? null : { count: usages.length, usage: usages.reduce(addUsage) };
}

/** The answers of the policy that was evaluated last; null where none was. */
function newestAnswers({ usage: { evaluations }, answers }: PaceSources): Measured | null {
  const counted = evaluations.filter(({ pool }) => answers.has(pool));
  const last = counted.at(-1);
  if (last === undefined) return null;
  const newest = counted.filter((one) => addressKey(one) === addressKey(last));
  return {
    count: newest.reduce((sum, { pool }) => sum + (answers.get(pool) ?? 0), 0),
    usage: newest.map(({ usage }): Usage => usage).reduce(addUsage),
  };
}
