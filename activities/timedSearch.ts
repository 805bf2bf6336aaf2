import type { PassageSearch } from "../src/domain/passage.ts";

/** A search that knows how long it was waited for. */
export interface TimedSearch extends PassageSearch {
  seconds(): number;
}

export function timedSearch(search: PassageSearch): TimedSearch {
  let milliseconds = 0;
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    try {
      return await work();
    } finally {
      milliseconds += performance.now() - started;
    }
  };
  return {
    scale: search.scale,
    search: (queries, topN) => timed(() => search.search(queries, topN)),
    passages: (ids) => timed(() => search.passages(ids)),
    seconds: () => milliseconds / 1000,
  };
}
