import type { RunControl } from "../../../policy/port.ts";
import type { LiveModel } from "./liveModel.ts";

/**
 * Log-probabilities (nats) of given tokens, entry 0 of each sequence 0, in requests of about `most` tokens. One after the other: numbers of
 * calls must arrive in order.
 */
export async function recompute(
  live: LiveModel,
  sequences: readonly (readonly number[])[],
  most: number,
  { signal, onProgress }: RunControl,
): Promise<Float32Array[]> {
  const results = sequences.map(({ length }) => new Float32Array(length));
  const judged = sequences.flatMap(({ length }, index) => (length > 1 ? [index] : []));
  let done = 0;
  for (const members of packed(judged, (index) => sequences[index]?.length ?? 0, most)) {
    const data = members.map((index) => {
      const tokens = sequences[index] ?? [];
      return { inputs: tokens.slice(0, -1), targets: tokens.slice(1) };
    });
    const { logProbabilities } = await live.client.forward(live.model, data, live.next(signal));
    for (const [place, index] of members.entries()) results[index]?.set(logProbabilities[place] ?? [], 1);
    done += members.length;
    onProgress?.(done / judged.length);
  }
  return results;
}

/** Items in order, in groups whose sizes add up to no more than `most`, or of one item. */
function packed(items: readonly number[], sizeOf: (item: number) => number, most: number): number[][] {
  const groups: number[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (size > room) {
      groups.push([]);
      room = most;
    }
    groups.at(-1)?.push(item);
    room -= size;
  }
  return groups;
}
