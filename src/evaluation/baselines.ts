/** Begins the names of pools that another model answered, to stand beside the run's checkpoints. */
const prefix = "baseline ";

/** The pool's name under which a baseline's answers are kept, with the base policy. */
export function baselinePool(baseline: string, pool: string): string {
  return `${prefix}${baseline}: ${pool}`;
}

/** Whether a pool's name is that of a baseline's answers. */
export function isBaselinePool(pool: string): boolean {
  return pool.startsWith(prefix);
}

/** The baseline and the pool that a name stands for; null for any other pool. Names of baselines hold no colon. */
export function readBaselinePool(pool: string): { readonly baseline: string; readonly pool: string } | null {
  if (!isBaselinePool(pool)) return null;
  const end = pool.indexOf(": ");
  return { baseline: pool.slice(prefix.length, end), pool: pool.slice(end + 2) };
}
