import type { Metrics, Observed } from "../observation.ts";

/** Share of searches that ask for a band of evidence from which on nearly all do. */
const nearlyAll = 0.85;
/** A rise of searches an answer that is more than noise. */
const moreSearches = 0.1;
/** With a recall below this, what is needed is not found yet. */
const found = 0.9;
/** A rise that is more than the noise of a look. */
const rise = 0.05;

/** Whether nearly all sampled searches ask for a band of evidence, where the scale has bands, and answers search no more than at the look before. */
export function isAwake({ beginning, looks }: Observed): boolean {
  const [before, now] = looks.slice(-2).map(({ training }) => training ?? beginning);
  if (before === undefined || now === undefined) return false;
  const searches = now["search/count"] ?? 0;
  const more = searches - (before["search/count"] ?? 0);
  return searches > 0 && more < moreSearches && (now["search/filter_share"] ?? 1) >= nearlyAll;
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
