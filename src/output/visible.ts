/**
 * Characters that nobody sees but that change what is seen: control characters (but line ends and tabs), marks that turn the
 * direction of text, characters without width, line separators, halves of characters.
 */
const unseen =
  /[^\P{Cc}\n\t]|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}|\p{Default_Ignorable_Code_Point}|\p{Noncharacter_Code_Point}/gu;

/** Places where a line may break, and choices between two looks of a sign: they deceive nobody and are left out. */
const harmless = /\u00ad|\p{Variation_Selector}/gu;

/** Text of people, models, corpora and services as it may be shown: what is unseen in it stands as its code, ⟨U+202E⟩. */
export function visible(text: string): string {
  return text
    .replace(harmless, "")
    .replace(unseen, (sign) => `⟨U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

/** The same in one line, so that it cannot pass for another line of ours. */
export function visibleLine(text: string): string {
  return visible(text.replaceAll(/\s+/gu, " ").trim());
}
