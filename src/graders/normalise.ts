import { memoize } from "../caching/memoize.ts";
import { foldText } from "../domain/text/fold.ts";
import { withoutArticles } from "./articles.ts";
import { canonicalNumbers, spellOut } from "./numbers.ts";
import { greekSpelled, signsJoined, signsSpelledOnce, withoutHyphens } from "./signs.ts";

/**
 * An answer's wording without what does not change its meaning: width and case of letters, traditional Chinese, articles, quotation marks,
 * most punctuation, "the answer is", the form of a number (1,000, 10⁹, 5.0), whether a Greek letter is spelled. Signs that change a
 * value (+ − % ‰ / ^, signs of mathematics, arrows, ♂ ♀, decimal points, a minus behind a word: O−) stay. The wordings are
 * cached: the same options and entities are compared many times.
 */
export const normaliseAnswer = memoize(computeWording, 50_000);

function computeWording(text: string): string {
  const said = spellOut(foldText(text))
    .normalize("NFKC")
    .replace(/^\s*(?:the\s+)?(?:final\s+|correct\s+|right\s+)?answer\s*(?:is|:)\s*/iu, "");
  const lower = signsSpelledOnce(signsJoined(withoutArticles(said).toLowerCase()));
  const spelled = canonicalNumbers(lower)
    .replace(/(?<=\d)\s*(?:percent|per cent)(?!\p{L})/gu, "%")
    .replace(/(?<=\d)\s+(?=%)/g, "")
    .replace(/(?<=\d)\s+to\s+(?=\d)/g, "-")
    .replace(/(?<![\p{L}\p{N}.-])(\d+(?:\.\d+)?)(?=\p{L})/gu, "$1 ")
    .replace(/(?<![\p{L}\p{M}])(?:mcg|ug)(?![\p{L}\p{M}])/gu, "μg")
    .replace(/(?<!\d)[.,](?=\d)|[.,](?!\d)/g, " ");
  return (
    greekSpelled(withoutHyphens(spelled))
      // A run becomes one blank, so that the next pattern, which may begin at each blank, takes time in proportion to the text.
      .replace(/(?:[^\p{L}\p{M}\p{N}\p{Sm}\-%‰/^.,♂♀]|\|)+/gu, " ")
      .replace(/ ?([<>~±≠]=?|=) ?/g, " $1 ")
      .replace(/\s+/g, " ")
      .trim()
  );
}

/** Equal letter by letter up to the encoding of characters and blanks; case and punctuation count. */
export function sameWording(a: string, b: string): boolean {
  return exact(a) === exact(b);
}

/** Equal letter by letter but for case: where a text has no capitals, "coxsackie a virus" is still Coxsackie A virus. */
export function sameLetters(a: string, b: string): boolean {
  return exact(a).toLowerCase() === exact(b).toLowerCase();
}

function exact(text: string): string {
  return spellOut(text).normalize("NFKC").replace(/\s+/g, " ").trim();
}
