import { foldText } from "../domain/text/fold.ts";
import { hasUnspaced, unspacedCharacters, unspacedPairs, unspacedRun } from "../domain/text/unspaced.ts";
import type { CorpusSettings } from "./corpusSettings.ts";

const runs = new RegExp(unspacedRun, "gu");

/**
 * A passage's text as full text indexes it: folded, and where words are not set apart each character and each pair of
 * neighbours as a word of its own, so that words inside a run are found. A controlled vocabulary stays as it stands.
 */
export function indexedText(text: string, settings: CorpusSettings): string {
  return segmented(text, settings, (run) => [...unspacedCharacters(run), ...pairsOf(run)]);
}

/** A query's text for the same index: asked by pairs, which are rarer than characters; a single character by itself. */
export function askedText(text: string, settings: CorpusSettings): string {
  return segmented(text, settings, unspacedPairs);
}

function segmented(text: string, settings: CorpusSettings, words: (run: string) => readonly string[]): string {
  if (!settings.stem) return text;
  const folded = foldText(text);
  return hasUnspaced(folded) ? folded.replace(runs, (run) => ` ${words(run).join(" ")} `) : folded;
}

function pairsOf(run: string): readonly string[] {
  return unspacedCharacters(run).length < 2 ? [] : unspacedPairs(run);
}
