/** Runs work after everything asked before, whether that succeeded or not. */
export type Queue = <T>(work: () => Promise<T>) => Promise<T>;

/** A queue without work. */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
