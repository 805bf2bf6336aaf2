import { setImmediate } from "node:timers/promises";

/** Work in one piece that heartbeats, queries and timers never notice. */
const workMilliseconds = 25;

/**
 * Lets long work take turns with everything else on the event loop: `await rest()` between its parts returns at once
 * unless the work has gone on for a while, and then lets waiting timers and messages be heard first.
 */
export function createRest(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < workMilliseconds) return;
    await setImmediate();
    since = performance.now();
  };
}

/** `items.map(change)` that yields to the event loop. */
export async function mapRestfully<T, R>(items: Iterable<T>, change: (item: T, index: number) => R): Promise<R[]> {
  const rest = createRest();
  const changed: R[] = [];
  for (const item of items) {
    changed.push(change(item, changed.length));
    await rest();
  }
  return changed;
}
