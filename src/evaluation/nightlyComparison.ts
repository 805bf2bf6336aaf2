import type { NightlyRecord } from "../trajectories/nightlyLog.ts";
import { pairedBootstrap, shareInterval, type Interval } from "./statistics.ts";

/** A nightly evaluation of one pool of one run, compared with the one before. */
export interface NightlyComparison {
  readonly run: string;
  readonly pool: string;
  /** Date. */
  readonly night: string;
  readonly step: number;
  /** Accuracy of the answers that could be graded, with its interval; null where none could. */
  readonly accuracy: Interval | null;
  /** Answers that a judge failed to grade. */
  readonly ungraded: number;
  /** Difference on the questions answered and graded in both; null in the first nightly evaluation. */
  readonly change: (Interval & { readonly since: string }) | null;
  /** The whole interval of the change lies below zero. */
  readonly regression: boolean;
}

/** Compares every record with the last one before it of the same run and pool, by a paired bootstrap over clusters. */
export async function compareNightly(
  records: readonly NightlyRecord[],
  confidence: number,
): Promise<NightlyComparison[]> {
  const before = new Map<string, NightlyRecord>();
  const comparisons: NightlyComparison[] = [];
  for (const record of records) {
    const key = JSON.stringify([record.run, record.pool]);
    const change = await changeSince(before.get(key), record, confidence);
    before.set(key, record);
    const graded = record.results.filter(isGraded);
    const accuracy = graded.length === 0 ? null : await shareInterval(graded.map(valueOf), confidence);
    const { run, pool, night, step } = record;
    comparisons.push({
      run,
      pool,
      night,
      step,
      accuracy,
      ungraded: record.results.length - graded.length,
      change,
      regression: change !== null && change.high < 0,
    });
  }
  return comparisons;
}

async function changeSince(
  before: NightlyRecord | undefined,
  after: NightlyRecord,
  confidence: number,
): Promise<NightlyComparison["change"]> {
  if (before === undefined) return null;
  const earlier = new Map(before.results.map((result) => [`${result.questionId}/${result.sample}`, result]));
  const pairs = after.results.flatMap((result) => {
    const pair = earlier.get(`${result.questionId}/${result.sample}`);
    return pair === undefined || !isGraded(pair) || !isGraded(result) ? [] : [[pair, result] as const];
  });
  if (pairs.length === 0) return null;
  return {
    since: before.night,
    ...(await pairedBootstrap(
      pairs.map(([first]) => valueOf(first)),
      pairs.map(([, second]) => valueOf(second)),
      { confidence },
    )),
  };
}

/** Whether an answer was graded: what a judge failed on is neither right nor wrong. */
function isGraded({ correct }: NightlyRecord["results"][number]): boolean {
  return correct !== null;
}

function valueOf({ cluster, correct }: NightlyRecord["results"][number]): { cluster: string; value: number } {
  return { cluster, value: correct === true ? 1 : 0 };
}
