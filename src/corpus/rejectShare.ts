/** Records read, and those of them that could not be. */
export interface RecordCounts {
  readonly records: number;
  readonly rejects: number;
}

/** Before this many records the share of rejects says little, so it is judged at the end alone. */
const recordsBeforeJudging = 200;

/** Why indexing is to stop where at most the share `maxRejects` (0–1) of the records may be rejected; null when it is to go on. */
export function tooManyRejects({ records, rejects }: RecordCounts, maxRejects: number, atEnd: boolean): string | null {
  if (rejects <= records * maxRejects || (!atEnd && records < recordsBeforeJudging)) return null;
  return `${rejects} of ${records} records could not be read, more than the share of ${maxRejects} allowed`;
}
