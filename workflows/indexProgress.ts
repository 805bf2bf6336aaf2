import { setCurrentDetails } from "@temporalio/workflow";

/** How far the indexing of files is; carried into the next history. */
export interface IndexProgress {
  readonly corpus: string;
  readonly shards: number;
  readonly maxRejects: number;
  /** Shards begun; those before it are prepared when a history ends. */
  readonly prepared: number;
  readonly committed: number;
  readonly records: number;
  readonly rejects: number;
  readonly passages: number;
}

/** Shows in the Temporal UI how far the indexing is. */
export function showIndexProgress(progress: IndexProgress, phase: string): void {
  const { corpus, shards, prepared, committed, passages, records, rejects } = progress;
  const cells = [`${prepared} of ${shards}`, `${committed} of ${shards}`, passages, records, rejects];
  setCurrentDetails([
    `**${phase}**: ${corpus.replaceAll(/[|<>`\\]/g, (sign) => `&#${sign.codePointAt(0)};`)}`,
    ["| shards prepared | taken in | passages | records | rejected |", "|---|---|---|---|---|", `| ${cells.join(" | ")} |`].join("\n"),
  ].join("\n\n"));
}

/** Before this many records the share of rejects says little, so it is judged at the end alone. */
const recordsBeforeJudging = 200;

/** Why the indexing is to stop; null when it is to go on. */
export function tooManyRejects({ records, rejects, maxRejects }: IndexProgress, atEnd: boolean): string | null {
  if (rejects <= records * maxRejects || (!atEnd && records < recordsBeforeJudging)) return null;
  return `${rejects} of ${records} records could not be read, more than the share of ${maxRejects} allowed`;
}
