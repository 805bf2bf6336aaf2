import type { PassageSearch } from "../src/domain/passage.ts";

/**
 * A search that measures for how long searches were under way. Concurrent searches count once, so that the time is
 * never longer than the work around it.
 */
export interface TimedSearch extends PassageSearch {
  seconds(): number;
}

export function timedSearch(search: PassageSearch): TimedSearch {
  let milliseconds = 0;
  let underWay = 0;
  let since = 0;
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    if (underWay++ === 0) since = performance.now();
    try {
      return await work();
    } finally {
      if (--underWay === 0) milliseconds += performance.now() - since;
    }
  };
  return {
    scale: search.scale,
    search: (queries, topN) => timed(() => search.search(queries, topN)),
    passages: (ids) => timed(() => search.passages(ids)),
    seconds: () => milliseconds / 1000,
  };
}
