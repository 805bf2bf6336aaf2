/** Characters of scripts written without blanks between words: Chinese, Japanese, and those of the Thai and Burmese families. */
const scripts = ["Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"]
  .map((name) => `\\p{Script=${name}}`)
  .join("");

/** One such character with its marks, and a run of them; for use in larger patterns with the flags u or v. */
export const unspacedCharacter = `[${scripts}々〇ー]\\p{M}*`;
export const unspacedRun = `(?:${unspacedCharacter})+`;

const anywhere = new RegExp(unspacedCharacter, "u");
const characters = new RegExp(unspacedCharacter, "gu");

/** A word: a run of letters and digits, or of characters without blanks. */
export const anyWord = new RegExp(`${unspacedRun}|(?:(?!${unspacedCharacter})[\\p{L}\\p{M}\\p{N}])+`, "gu");

/** Whether a text holds characters of a script without blanks. */
export function hasUnspaced(text: string): boolean {
  return anywhere.test(text);
}

/** The characters of a run, each with its marks. */
export function unspacedCharacters(run: string): string[] {
  return run.match(characters) ?? [];
}

/** Pairs of neighbours in a run ("二甲双胍" → 二甲, 甲双, 双胍); a single character stands for itself. */
export function unspacedPairs(run: string): string[] {
  const list = unspacedCharacters(run);
  if (list.length < 2) return list;
  return list.slice(1).map((character, index) => `${list[index] ?? ""}${character}`);
}

/** The words of a text as they stand: runs of letters and digits, and runs of characters without blanks. */
export function wordRuns(text: string): string[] {
  return text.match(anyWord) ?? [];
}
