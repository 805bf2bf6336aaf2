import type { Passage, PassageSearch } from "../../src/domain/passage.ts";
import { medicalScale } from "../../src/tasks/medical/medicalEvidenceScale.ts";

export function passage(id: string, text: string, evidenceLevel: number | null = null): Passage {
  return { id, title: id, text, source: "test", section: null, year: null, evidenceLevel };
}

/** Finds passages whose text holds the query's first word; keeps the batches of queries it was asked. */
export function createWordSearch(passages: readonly Passage[]): PassageSearch & { readonly batches: string[][] } {
  const batches: string[][] = [];
  return {
    batches,
    scale: medicalScale,
    search: (queries, topN) => {
      batches.push([...queries]);
      if (queries.includes("breaks")) return Promise.reject(new Error("search is broken"));
      return Promise.resolve(
        queries.map((query) =>
          passages
            .filter(({ text }) => text.split(" ").includes(query.split(" ")[0] ?? ""))
            .slice(0, topN)
            .map((found) => ({ passage: found, score: 1 })),
        ),
      );
    },
    passages: (ids) =>
      Promise.resolve(
        ids.map((id) => {
          const found = passages.find((one) => one.id === id);
          if (found === undefined) throw new Error(`no passage "${id}"`);
          return found;
        }),
      ),
  };
}
