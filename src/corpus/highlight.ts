/** Endings that English stems lose; enough to show why a passage was found, not to rank it. */
const endings = /(?:ings?|edly|ed|ies|es|e|s|ly|ations?|ement)$/;

/** Marks the words of a text that a query asks for, up to their endings, by `mark`. */
export function highlight(text: string, query: string, mark: (word: string) => string): string {
  const wanted = new Set(wordsOf(query).map(root));
  return text.replace(/[\p{L}\p{N}]+/gu, (word) => (wanted.has(root(word)) ? mark(word) : word));
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function root(word: string): string {
  const lower = word.toLowerCase();
  return lower.length <= 4 ? lower : lower.replace(endings, "");
}
