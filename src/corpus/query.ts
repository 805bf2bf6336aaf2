import { bandWords } from "../domain/evidenceScale.ts";
import { foldText } from "../domain/text/fold.ts";
import type { CorpusSettings } from "./corpusSettings.ts";

/** Longer queries are cut here, at a word: what they ask is said by then, and cost stays bounded. */
const maxQueryCharacters = 4000;

/** What a query asks for: words to match, and optionally a band of the corpus' scale. */
export interface ParsedQuery {
  readonly text: string;
  /** The last one named; null when none is. */
  readonly band: string | null;
}

/** What of a corpus' settings decides how its queries ask for a band. */
export type BandWords = Pick<CorpusSettings, "evidenceWords" | "scale">;

/**
 * Takes the words for bands out of a query. Any text is a query: quotes and operators are ordinary characters,
 * and control characters and broken Unicode become blanks.
 */
export function parseQuery(query: string, settings: BandWords): ParsedQuery {
  let band: string | null = null;
  const words = cleanWords(query).filter((word) => {
    const named = bandOf(word, settings);
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

function bandOf(word: string, { evidenceWords, scale }: BandWords): string | null {
  // A keyboard for Chinese writes the colon wide.
  const lower = foldText(word).toLowerCase();
  const prefix = evidenceWords === "bare" ? "" : `${scale.name}:`;
  return bandWords(scale).find((band) => lower === `${prefix}${band}`) ?? null;
}
