/** The words of a text: runs of letters and digits in lower case; Chinese characters are words each. */
export function splitWords(text: string): string[] {
  // Most text is plain ASCII, for which the general pattern says the same and takes longer.
  if (!/[^\0-\x7f]/.test(text)) return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return text.normalize("NFKC").toLowerCase().match(/\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+/gu) ?? [];
}
