import { foldText } from "../domain/text/fold.ts";

/** The words of a text: runs of letters and digits in lower case, in one width and script; Chinese characters are words each. */
export function splitWords(text: string): string[] {
  // Most text is plain ASCII, for which the general pattern says the same and takes longer.
  if (!/[^\0-\x7f]/.test(text)) return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return (
    foldText(text)
      .toLowerCase()
      .match(/\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+/gu) ?? []
  );
}
