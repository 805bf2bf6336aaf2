import { foldText } from "../domain/text/fold.ts";
import { anyWord, hasUnspaced, unspacedCharacters, unspacedPairs, wordRuns } from "../domain/text/unspaced.ts";

/** Endings that English stems lose; enough to show why a passage was found, not to rank it. */
const endings = /(?:ings?|edly|ed|ies|es|e|s|ly|ations?|ement)$/;

/** Words that full text leaves out (Lucene's English ones): no passage is found by them. */
const stopWords = new Set(
  "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with".split(
    " ",
  ),
);

/**
 * Marks the words of a text that a query asks for, up to their endings, by `mark`; of a run of characters without blanks
 * the parts that it shares with the query.
 */
export function highlight(text: string, query: string, mark: (word: string) => string): string {
  const asked = wordRuns(foldText(query));
  const words = new Set(
    asked
      .filter((word) => !hasUnspaced(word))
      .map(root)
      .filter((word) => !stopWords.has(word)),
  );
  const pairs = new Set(asked.filter(hasUnspaced).flatMap(unspacedPairs));
  return text.replace(anyWord, (run) =>
    hasUnspaced(run) ? markShared(run, pairs, mark) : words.has(root(foldText(run))) ? mark(run) : run,
  );
}

/** Neighbours that are marked together become one mark. */
function markShared(run: string, pairs: ReadonlySet<string>, mark: (word: string) => string): string {
  const characters = unspacedCharacters(run);
  const folded = characters.map(foldText);
  const marked = characters.map(
    (_, at) =>
      pairs.has(folded[at] ?? "") ||
      pairs.has(`${folded[at - 1] ?? ""}${folded[at] ?? ""}`) ||
      pairs.has(`${folded[at] ?? ""}${folded[at + 1] ?? ""}`),
  );
  let [out, held] = ["", ""];
  for (const [at, character] of characters.entries()) {
    if (marked[at] === true) held += character;
    else [out, held] = [`${out}${held === "" ? "" : mark(held)}${character}`, ""];
  }
  return held === "" ? out : out + mark(held);
}

function root(word: string): string {
  const lower = word.toLowerCase();
  return lower.length <= 4 ? lower : lower.replace(endings, "");
}
