import { openEmbedder, type Embedder, type EmbedderOptions } from "../src/corpus/embedding/embedder.ts";

export interface SharedEmbedders {
  /** Gives a model, where one is wanted, to some work; activities that run at the same time in this process share it. */
  use<T>(options: EmbedderOptions | null, work: (embedder: Embedder | null) => Promise<T>): Promise<T>;
}

/** Models that are loaded once for all who use them, and freed after the last. */
export function createSharedEmbedders(): SharedEmbedders {
  const open = new Map<string, { readonly opening: Promise<Embedder>; users: number }>();
  return {
    use: async (options, work) => {
      if (options === null) return work(null);
      const key = JSON.stringify(options);
      const shared = open.get(key) ?? { opening: openEmbedder(options), users: 0 };
      open.set(key, shared);
      shared.users++;
      try {
        return await work(await shared.opening);
      } finally {
        shared.users--;
        if (shared.users === 0) {
          open.delete(key);
          await (await shared.opening.catch(() => null))?.close();
        }
      }
    },
  };
}
