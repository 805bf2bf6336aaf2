import type { Metrics, Observed } from "../observation.ts";

/** What a share must keep of its beginning so that nothing is said to be lost. */
const kept = 0.8;
/** Below it a filter is not yet found. */
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

/** Searches hardly ask for a band of evidence, gold documents are missed, and neither changes from look to look. */
export function missesEvidence({ looks }: Observed): boolean {
  const [before, now] = looks.slice(-2);
  const share = now?.training?.["search/filter_share"];
  if (before === undefined || now === undefined || share === undefined) return false;
  const recall = recallOf(now.validation);
  return (
    share < found &&
    share - (before.training?.["search/filter_share"] ?? 0) < rise &&
    (recall ?? 1) < found &&
    (recall ?? 1) - (recallOf(before.validation) ?? 0) < rise
  );
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

/** Undefined where the questions name no gold titles. */
function recallOf(metrics: Metrics): number | undefined {
  return metrics["reward/retrievalRecall"];
}
