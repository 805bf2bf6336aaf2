import type { PassageSearch } from "../domain/passage.ts";

/** Finds nothing, for work without retrieval; its scale is never asked. */
export const noPassages: PassageSearch = {
  scale: {
    name: "trust",
    measure: "level of trust",
    levels: [
      { name: "low", weight: 0 },
      { name: "high", weight: 1 },
    ],
    unknownWeight: 0,
    bands: [{ word: "high", lowest: 2, highest: 2 }],
  },
  search: (queries) => Promise.resolve(queries.map(() => [])),
  passages: () => Promise.resolve([]),
};
