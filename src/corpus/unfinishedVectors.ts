import { readUnfinished } from "./preparedShard.ts";

/** Vectors, as text, that a killed attempt at a shard had made. */
export interface UnfinishedVectors {
  /** Those of the next passages of the shard, by their ids. */
  next(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

/** Reads a killed attempt along with the new one: both have the same passages in the same order. Behind a difference nothing is known. */
export function openUnfinishedVectors(folder: string, key: string): UnfinishedVectors {
  const lines = readUnfinished(folder, key)[Symbol.asyncIterator]();
  const close = async (): Promise<void> => void (await lines.return?.());
  return {
    close,
    next: async (ids) => {
      const vectors = new Map<string, string>();
      for (const id of ids) {
        const line = await lines.next();
        if (line.done === true) break;
        if (line.value.id !== id) await close();
        else if (line.value.vector !== undefined) vectors.set(id, line.value.vector);
      }
      return vectors;
    },
  };
}
