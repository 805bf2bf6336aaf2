import type { Metrics, Observed } from "../observation.ts";

/** A share that falls below this part of its first value counts as lost. */
const kept = 0.8;
/** With a recall below this, what is needed is not found yet. */
const found = 0.9;
/** A rise that is more than the noise of a look. */
const rise = 0.05;

/** Whether sampled answers search less than at the beginning, or ask less for a band of evidence: what is hardly tried any more is not learnt. */
export function costsSearch({ beginning, looks }: Observed): boolean {
  const now = looks.at(-1)?.training ?? {};
  return ["search/count", "search/filter_share"].some((name) => {
    const [before, after] = [beginning[name], now[name]];
    return before !== undefined && (after ?? 0) < kept * before;
  });
}

/** Gold documents are missed, or where questions name none, bands of evidence are hardly asked for, and neither rises from look to look. */
export function missesEvidence({ looks }: Observed): boolean {
  const [before, now] = looks.slice(-2);
  if (before === undefined || now === undefined) return false;
  const recall = pairOf(recallOf(before.validation), recallOf(now.validation));
  const share = pairOf(shareOf(before.training), shareOf(now.training));
  const missing = recall ?? share;
  return missing !== null && missing.now < found && !rises(recall) && !rises(share);
}

/** What is needed is found, the answer does not follow from it, and accuracy has stopped to rise. */
export function missesConclusion({ looks }: Observed): boolean {
  const [before, now] = looks.slice(-2).map(({ validation }) => validation);
  if (before === undefined || now === undefined) return false;
  const [recall, accuracy] = [recallOf(now), now["accuracy"]];
  if (recall === undefined || accuracy === undefined) return false;
  return recall >= found - rise && accuracy < recall - 2 * rise && accuracy - (before["accuracy"] ?? 0) < rise;
}

/** Rewards that, in sampled answers, stood against being right at the last two looks: what raises them lowers accuracy. */
export function misaligned({ looks }: Observed, names: readonly string[]): readonly string[] {
  const last = looks.slice(-2);
  if (last.length < 2) return [];
  return names.filter((name) =>
    last.every(({ training }) => (training?.[`reward_correlation/${name}`] ?? 0) < -2 * rise),
  );
}

interface Pair {
  readonly before: number;
  readonly now: number;
}

/** The value before and now; null where it is not measured now. What was not measured before was 0. */
function pairOf(before: number | undefined, now: number | undefined): Pair | null {
  return now === undefined ? null : { before: before ?? 0, now };
}

function rises(pair: Pair | null): boolean {
  return pair !== null && pair.now - pair.before >= rise;
}

/** Share of searches that ask for a band; undefined where there were no searches, or the scale has no bands. */
function shareOf(metrics: Metrics | null): number | undefined {
  return metrics?.["search/filter_share"];
}

/** Recall of the gold titles; undefined where the questions name none. */
function recallOf(metrics: Metrics): number | undefined {
  return metrics["reward/retrievalRecall"];
}
