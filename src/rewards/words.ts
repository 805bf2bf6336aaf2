/** The words of a text: runs of letters and digits in lower case; Chinese characters are words each. */
export function splitWords(text: string): string[] {
  return text.normalize("NFKC").toLowerCase().match(/\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+/gu) ?? [];
}
