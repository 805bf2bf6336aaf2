export type Timings = Readonly<Record<string, number>>;

/** What was measured by either, summed by name. */
export function addTimings(a: Timings, b: Timings): Timings {
  return Object.entries(b).reduce<Record<string, number>>(
    (sums, [name, value]) => ({ ...sums, [name]: (sums[name] ?? 0) + value }),
    { ...a },
  );
}
