import { foldText } from "../domain/text/fold.ts";
import { hasUnspaced, unspacedCharacters, wordRuns } from "../domain/text/unspaced.ts";
import type { Question } from "../domain/question.ts";
import { sentencesOf, tellsOfCase } from "./caseSentences.ts";
import { stockCharacters, stockWords } from "./stockWords.ts";

/** A question as it is compared with others. */
export interface Content {
  /** The whole wording in one spelling, options in one order: equal for questions that ask the same. */
  readonly wording: string;
  /** The wording without the options; equal to it where there are none. */
  readonly stem: string;
  /** Distinct pieces of a few words or characters that are not stock phrases. */
  readonly pieces: ReadonlySet<string>;
  /** Those of the sentences that tell of a case; none where no sentence does, or all do. */
  readonly told: ReadonlySet<string>;
}

/** Words of one piece; characters of one where words are not set apart. */
const wordsTogether = 3;
const charactersTogether = 4;
/** A stem with fewer pieces of its own says nothing without its options ("Which is true?"). */
const fewestPieces = 6;

/** Compares the stem; the options too where the stem alone says little. */
export function contentOf({
  text,
  options = [],
}: Pick<Question, "text"> & Partial<Pick<Question, "options">>): Content {
  const choices = options.map((option) => wordsOf(option.text));
  const sentences = sentencesOf(text).map((sentence) => ({ sentence, words: wordsOf(sentence) }));
  const stem = sentences.flatMap(({ words }) => words);
  const pieces = new Set(piecesOf(stem));
  const telling = sentences.filter(({ sentence }) => tellsOfCase(sentence));
  const told = new Set(telling.length === sentences.length ? [] : telling.flatMap(({ words }) => piecesOf(words)));
  if (pieces.size < fewestPieces)
    for (const choice of choices)
      for (const piece of choice.length < wordsTogether ? [choice.join(" ")] : piecesOf(choice)) pieces.add(piece);
  return {
    stem: stem.join(" "),
    wording: [stem.join(" "), ...choices.map((choice) => choice.join(" ")).toSorted()].join("\n"),
    pieces,
    told,
  };
}

/** The sum of the pieces' weights. */
export function totalWeight(pieces: Iterable<string>, weigh: (piece: string) => number): number {
  let sum = 0;
  for (const piece of pieces) sum += weigh(piece);
  return sum;
}

function wordsOf(text: string): string[] {
  return wordRuns(foldText(text).toLowerCase());
}

/** Pieces within a run of spaced words, and within each run of characters; those of stock words alone are left out. */
function piecesOf(words: readonly string[]): string[] {
  const pieces: string[] = [];
  let run: string[] = [];
  const close = (): void => {
    for (let start = 0; start + wordsTogether <= run.length; start++) {
      const piece = run.slice(start, start + wordsTogether);
      if (!piece.every((word) => stockWords.has(word))) pieces.push(piece.join(" "));
    }
    run = [];
  };
  for (const word of words) {
    if (!hasUnspaced(word)) {
      run.push(word);
      continue;
    }
    close();
    const characters = unspacedCharacters(word.replace(stockCharacters, ""));
    for (let start = 0; start + charactersTogether <= characters.length; start++)
      pieces.push(characters.slice(start, start + charactersTogether).join(""));
  }
  close();
  return pieces;
}
