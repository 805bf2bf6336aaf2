const points = 5;

/** What a curve ends with: the values, where there are any, of its last five points. */
export function lastUpdates(values: readonly (number | null)[]): number[] {
  return values.slice(-points).flatMap((value) => value ?? []);
}
