/** Raised and lowered characters of Unicode, by the plain ones. */
const raised = new Map(zip("0123456789+-−–=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ"));
const lowered = new Map(zip("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎"));

const word = /^[\p{L}\p{N}.]+$/u;
const ordinal = /^(?:st|nd|rd|th)$/i;

/** Put where two words or numbers stand apart on the page; becomes a blank where they would run together otherwise. */
export const gap = "\u0001";
/** The same between numbers only: the panel A of Fig. 2 is 2A. */
export const numberGap = "\u0004";

/**
 * A superscript behind `before`, so that a power does not become part of its base (10⁹, not 109) and a note's mark not part
 * of a word (mg^a, not mga).
 */
export function superscript(text: string, before: string): string {
  const plain = text.trim();
  if (plain === "") return "";
  if (/^[o∘º]$/.test(plain) && /\d\s*$/.test(before)) return "°";
  if (/^TM$/i.test(plain)) return "™";
  if (ordinal.test(plain) && /\d$/.test(before)) return plain;
  const mapped = mapAll(plain, raised);
  if (mapped !== null) return mapped;
  if (!/[\p{L}\p{N}]/u.test(plain)) return plain;
  return word.test(plain) ? `^${plain}${gap}` : `^(${plain})`;
}

/** A subscript behind `before`: digits are lowered (H₂O), a word stays part of its symbol (Cmax), all else is bracketed. */
export function subscript(text: string, before: string): string {
  const plain = text.trim();
  if (plain === "") return "";
  const mapped = mapAll(plain, lowered);
  if (mapped !== null) return mapped;
  if (!word.test(plain) || plain.includes(".")) return `_(${plain})`;
  return /\p{L}$/u.test(before)
    ? Array.from(plain)
        .map((sign) => lowered.get(sign) ?? sign)
        .join("")
    : `_${plain}${gap}`;
}

/** Blanks for the gaps between words and numbers, nothing for the others. */
export function closeGaps(text: string): string {
  return text.replace(wordGaps, " ").replace(numberGaps, " ").replace(otherGaps, "");
}

const wordGaps = new RegExp(`(?<=[\\p{L}\\p{N}%°])[${numberGap}]*${gap}[${gap}${numberGap}]*(?=[\\p{L}\\p{N}])`, "gu");
const numberGaps = new RegExp(`(?<=\\p{N})${numberGap}+(?=\\p{N})`, "gu");
const otherGaps = new RegExp(`[${gap}${numberGap}]`, "g");

function mapAll(text: string, signs: ReadonlyMap<string, string>): string | null {
  const mapped = Array.from(text).map((sign) => signs.get(sign));
  return mapped.every((sign) => sign !== undefined) ? mapped.join("") : null;
}

function zip(from: string, to: string): [string, string][] {
  const targets = Array.from(to);
  return Array.from(from).map((sign, index) => [sign, targets[index] ?? sign]);
}
