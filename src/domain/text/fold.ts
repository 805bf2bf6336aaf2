import pairs from "opencc-js/dict/TSCharacters";

/** Simplified by traditional character. */
const simplified = new Map<string, string>();
for (const pair of pairs.split("|")) {
  const [traditional = "", simple = traditional] = pair.split(" ");
  simplified.set(traditional, simple);
}
// What one character became may itself have a simpler form (薴, 苧, 苎).
for (const [traditional, simple] of simplified) simplified.set(traditional, simplified.get(simple) ?? simple);

/**
 * Forms of one text that differ in looks alone: full and half width, radicals that stand for their characters, ligatures
 * of print, the micro sign, degrees, Roman numerals and units in one character (℃, Ⅱ, ㎎). NFKC for all would also
 * flatten superscripts and fractions, which changes values (10⁹ is not 109).
 */
const looks =
  /[\uFF01-\uFF9F\uFFE0-\uFFEE\u3000\u2E80-\u2FD5\uFB00-\uFB06\u00B5\u2103\u2109\u2160-\u217F\u3380-\u339E]+/g;
const han = /\p{Script=Han}/gu;

/**
 * A text in which equal words are spelt equally: one width, composed characters, simplified Chinese. Case,
 * punctuation and signs that carry a value stay. For comparing and searching, never for showing; lengths may change.
 */
export function foldText(text: string): string {
  // Most text is plain ASCII, which is folded already.
  if (!/[^\0-\x7f]/.test(text)) return text;
  return text
    .replace(looks, (forms) => forms.normalize("NFKC"))
    .normalize("NFC")
    .replace(han, (character) => simplified.get(character) ?? character);
}
