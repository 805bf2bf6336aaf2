import { evidenceLevelOf } from "./evidenceLevel.ts";
import { designOfHeadings } from "./subjectHeadings.ts";
import { documentOf } from "../../../benchmarks/pubmedqa.ts";
import type { PubMedQaItem } from "../../../benchmarks/pubmedqaRow.ts";

/** How often the text rules give which level to documents whose headings name one. */
export interface EvidenceConfusion {
  /** Documents with a design among their headings. */
  readonly documents: number;
  readonly right: number;
  /** Counts by "level of the headings → level of the text" (0 = no rule applied). */
  readonly cells: ReadonlyMap<string, number>;
}

/** Compares the text rules with the headings, which the rules do not get to see. */
export function evidenceConfusion(items: readonly PubMedQaItem[]): EvidenceConfusion {
  const cells = new Map<string, number>();
  let documents = 0;
  let right = 0;
  for (const document of items.map(documentOf)) {
    const named = designOfHeadings(document.headings)?.level;
    if (named === undefined) continue;
    const read = evidenceLevelOf({ ...document, headings: [] });
    const cell = `${named}→${read ?? 0}`;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
    documents += 1;
    if (read === named) right += 1;
  }
  return { documents, right, cells };
}
