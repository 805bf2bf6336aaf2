import { StudyFile } from "../../src/studies/studyFile.ts";
import type { PoolAnswers, StudyCell, StudyResult } from "../../src/studies/studyResult.ts";

/** What the runs of a made-up study came to. No run ever gave these numbers. */
export interface MadeUp {
  readonly arms: readonly string[];
  readonly regimes: readonly string[];
  readonly worlds: readonly number[];
  readonly comparisons: readonly { readonly a: string; readonly b: string }[];
  /** Right answers of ten about each of the pool's diseases where the run ended; null for a run that failed. */
  readonly right: (arm: string, regime: string, world: number, pool: string) => readonly number[] | null;
  /** Arms and pools of a regime, where it has not all. */
  readonly armsOf?: (regime: string) => readonly string[];
  readonly poolsOf?: (regime: string) => readonly string[];
  /** Accuracy in training by update. */
  readonly curve?: (arm: string, world: number) => readonly number[];
}

const allPools = ["held-out diseases", "held-out specialties"];
const hash = "a".repeat(64);
const answersEach = 10;
const spentTokens = { sampledTokens: 1000, prefilledTokens: 500, trainedTokens: 1500 };

/** A study with two pools; each disease has ten answers, in specialties "cardiology" and "renal" by turns. */
export function madeUpStudy({
  arms,
  regimes,
  worlds,
  comparisons,
  right,
  curve = () => [],
  ...made
}: MadeUp): StudyResult {
  const study = StudyFile.parse({
    name: "made-up",
    question: "Does anything come of numbers that were made up?",
    arms: arms.map((name) => ({ name })),
    regimes: regimes.map((name) => ({ name, worlds })),
    seeds: "world",
    comparisons,
  });
  const places = regimes.flatMap((regime) => worlds.map((world) => ({ regime, world })));
  const { armsOf = () => arms, poolsOf = () => allPools } = made;
  const cells = places.flatMap(({ regime, world }) =>
    armsOf(regime).map((arm): StudyCell => {
      const pools = poolsOf(regime);
      const ends = pools.map((pool) => ({ pool, right: right(arm, regime, world, pool) }));
      const base = { arm, regime, world, seed: world, run: `${arm}-w${world}`, configurationHash: hash };
      return ends.some((end) => end.right === null)
        ? { ...base, status: "failed", cause: "the disk was full", outcome: null }
        : {
            ...base,
            status: "finished",
            cause: null,
            outcome: outcomeOf(
              ends.map((end) => ({ pool: end.pool, right: end.right ?? [] })),
              curve(arm, world),
            ),
          };
    }),
  );
  const count = (status: StudyCell["status"]): number => cells.filter((cell) => cell.status === status).length;
  return {
    format: 1,
    name: study.name,
    studyHash: hash,
    study,
    budgets: arms.map((arm) => {
      const updates = curve(arm, worlds[0] ?? 0).length;
      return { arm, budget: { updates, optimizerSteps: updates, questions: 8 * updates, samples: 64 * updates } };
    }),
    cells,
    counts: { finished: count("finished"), failed: count("failed"), held: count("held"), pending: count("pending") },
    notes: [],
  };
}

type Outcome = NonNullable<StudyCell["outcome"]>;

/** Right answers by disease. */
interface End {
  readonly pool: string;
  readonly right: readonly number[];
}

function outcomeOf(ends: readonly End[], accuracy: readonly number[]): Outcome {
  const updates = accuracy.length;
  const each = (value: number): number[] => accuracy.map(() => value);
  return {
    pools: ends.map(({ pool, right }) => ({
      pool,
      clusters: right.map((_, disease) => ({
        name: `d${disease}`,
        group: disease % 2 === 0 ? "cardiology" : "renal",
      })),
    })),
    checkpoints: [
      {
        update: 0,
        checkpoint: "base",
        pools: ends.map(({ pool, right }) => answersOf({ pool, right: right.map(() => 0) })),
      },
      { update: updates, checkpoint: "after joint", pools: ends.map(answersOf) },
    ],
    curve: {
      every: 1,
      stages: [{ name: "joint", updates }],
      metrics: {
        accuracy: [...accuracy],
        "reward/answer": accuracy.map((value) => 0.1 + 0.9 * value),
        "search/filter_share": each(0.5),
        "tokens/sampled": each(1000),
        "tokens/prefilled": each(500),
        "tokens/trained": each(1500),
        "seconds/update": each(2),
      },
    },
    updates,
    samples: 64 * updates,
    events: [],
    spent: { ...spentTokens, requests: 10, seconds: 2 * updates, serviceTokens: 0, serviceRequests: 0, money: null },
    versions: {
      package: "0.1.0",
      node: "v20.19.0",
      processor: "a processor",
      commit: "0123456789abcdef",
      engine: "an engine",
      data: "some data",
    },
  };
}

function answersOf({ pool, right }: End): PoolAnswers {
  const sum = right.reduce((total, one) => total + one, 0);
  return {
    pool,
    right: sum,
    total: answersEach * right.length,
    ungraded: 0,
    byCluster: { right: [...right], total: right.map(() => answersEach) },
    metrics: { "search/count": 1.5, "harmful/share": 0.1 },
  };
}
