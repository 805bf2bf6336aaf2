import type { RunConfiguration } from "../configuration/configuration.ts";
import { warmStartStage, type Stage } from "../configuration/stages.ts";
import { stagePosition } from "../curriculum/position.ts";
import { validationPool } from "../curriculum/questions.ts";
import { runStages, type RunStage } from "../curriculum/runStages.ts";
import { withoutWarmStart } from "../curriculum/warmStart.ts";
import { outlineOf } from "../schedules/outlineOf.ts";
import { addressKey } from "../trajectories/history.ts";
import { learnsFrom, paceOf, type Pace, type PaceSources, type Planned } from "./pace.ts";

/** Seconds of what is still to be done; null where nothing tells. */
export interface TimeLeft {
  /** Seconds of one iteration of the stage at work: sampling, scoring, updating. */
  readonly perIteration: number | null;
  /** Seconds of all that is to come beside that stage's iterations: evaluations, gates and the stages after it. */
  readonly beside: number | null;
}

export interface TimeLeftSources extends Omit<PaceSources, "planned"> {
  /** Names of the pools that checkpoints are evaluated on. */
  readonly pools: readonly string[];
  /** Asked only where something is not measured yet: it reads earlier runs. */
  readonly planned: () => Promise<Planned | null>;
}

/** What is to come. */
interface ToCome {
  /** The stage at work; null between stages. */
  readonly atWork: RunStage | null;
  /** Iterations beside that stage's. */
  readonly later: readonly Pick<Stage, "iterations" | "learns">[];
  readonly answers: number;
}

/** Estimates by what the run's own log measured; before that by its plan. */
export async function timeLeft(sources: TimeLeftSources): Promise<TimeLeft> {
  const toCome = whatIsToCome(sources);
  const measured = estimate(toCome, paceOf({ ...sources, planned: null }));
  const known = measured.beside !== null && (toCome.atWork === null || measured.perIteration !== null);
  return known ? measured : estimate(toCome, paceOf({ ...sources, planned: await sources.planned() }));
}

function estimate({ atWork, later, answers }: ToCome, pace: Pace): TimeLeft {
  const parts = [
    times(answers, pace.answer),
    ...later.map((stage) => times(stage.iterations, pace.iteration[learnsFrom(stage)])),
  ];
  return {
    perIteration: atWork === null ? null : pace.iteration[learnsFrom(atWork)],
    beside: parts.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0),
  };
}

function times(count: number, seconds: number | null): number | null {
  return count === 0 ? 0 : seconds === null ? null : count * seconds;
}

/** Of the base, and of each stage that has ended or will, every pool is evaluated, and its gate's; what is done already does not come again. */
function whatIsToCome(sources: TimeLeftSources): ToCome {
  const { configuration, history, pools, answers } = sources;
  const begun = runStages(history);
  const later = outlineOf(configuration).slice(withoutWarmStart(begun).length);
  const open = begun.find(({ number }) => {
    const { iteration, iterations } = stagePosition(history, number);
    return iteration < iterations;
  });
  const asked = ({ gate }: Pick<Stage, "gate">): readonly string[] =>
    gate === null ? pools : [...pools, validationPool];
  const evaluations = [
    ...missing(sources, 0, pools),
    ...begun.flatMap((stage) => missing(sources, stage.step + stage.iterations, asked(stage))),
    ...later.flatMap(asked),
  ];
  return {
    atWork: open ?? null,
    later: [...(open?.name === warmStartStage ? [extension(configuration, open)] : []), ...later],
    answers: evaluations.reduce((sum, pool) => sum + (answers.get(pool) ?? 0), 0),
  };
}

/** A warm start goes on for as long as its held-out loss falls, which it mostly does to the end. */
function extension({ warmStart }: RunConfiguration, { iterations }: RunStage): Pick<Stage, "iterations" | "learns"> {
  return { iterations: Math.max(0, warmStart.iterations - iterations), learns: "demonstrations" };
}

/** The pools on which the policy after so many steps of the current branch is not evaluated yet. */
function missing({ history, usage }: TimeLeftSources, step: number, pools: readonly string[]): readonly string[] {
  const policy = addressKey(history.policy({ branch: history.currentBranch, step }));
  const done = usage.evaluations.filter((one) => addressKey(one) === policy).map(({ pool }) => pool);
  return pools.filter((pool) => !done.includes(pool));
}
