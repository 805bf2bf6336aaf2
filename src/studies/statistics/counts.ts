/** Right answers and answers by disease (or one sum and one number for a value that has no parts). */
export interface Counts {
  readonly right: readonly number[];
  readonly total: readonly number[];
}

/** Both added up. */
export interface AddedCounts {
  readonly right: number;
  readonly total: number;
}

/** A single value as counts. */
export function single(value: number): Counts {
  return { right: [value], total: [1] };
}
