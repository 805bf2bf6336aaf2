import { evidenceBands } from "../domain/evidence.ts";
import type { EvidenceBand } from "../domain/evidence.ts";
import { foldText } from "../domain/text/fold.ts";
import type { CorpusSettings } from "./settings.ts";

/** Longer queries are cut here, at a word: what they ask is said by then, and cost stays bounded. */
const maxQueryCharacters = 4000;

/** What a query asks for: words to match, and optionally a band of evidence. */
export interface ParsedQuery {
  readonly text: string;
  /** The last one named; null when none is. */
  readonly band: EvidenceBand | null;
}

/**
 * Takes the evidence words out of a query. Any text is a query: quotes and operators are ordinary characters,
 * and control characters and broken Unicode become blanks.
 */
export function parseQuery(query: string, evidenceWords: CorpusSettings["evidenceWords"]): ParsedQuery {
  let band: EvidenceBand | null = null;
  const words = cleanWords(query).filter((word) => {
    const named = bandOf(word, evidenceWords);
    if (named !== null) band = named;
    return named === null;
  });
  return { text: words.join(" "), band };
}

function cleanWords(query: string): string[] {
  const start = query.slice(0, maxQueryCharacters + 1);
  const cut = start.length <= maxQueryCharacters ? start : start.slice(0, wordBoundary(start));
  return cut
    .replace(/[\p{Cc}\p{Cs}\uFFFD]/gu, " ")
    .split(/\s+/)
    .filter((word) => word !== "");
}

function wordBoundary(text: string): number {
  const blank = text.search(/\s\S*$/);
  return blank > 0 ? blank : maxQueryCharacters;
}

function bandOf(word: string, evidenceWords: CorpusSettings["evidenceWords"]): EvidenceBand | null {
  // A keyboard for Chinese writes the colon wide.
  const lower = foldText(word).toLowerCase();
  const name = evidenceWords === "bare" ? lower : lower.startsWith("evidence:") ? lower.slice("evidence:".length) : "";
  return Object.hasOwn(evidenceBands, name) ? (name as EvidenceBand) : null;
}
