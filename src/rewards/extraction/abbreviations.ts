/** "tumor necrosis factor (TNF)": up to eight words, then the abbreviation in brackets. */
const definition = /((?:[\p{L}\p{N}-]+\s+){1,8})\(([\p{L}][\p{L}\p{N}-]{1,9})\)/gu;

/**
 * Replaces abbreviations by the long form that the text itself gives in front of their first brackets, and drops these
 * brackets. The long form begins where its letters fit the abbreviation's from the back (Schwartz and Hearst 2003).
 */
export function expandAbbreviations(text: string): string {
  const longForms = new Map<string, string>();
  const withoutBrackets = text.replace(definition, (whole: string, before: string, short: string) => {
    const longForm = /\p{Lu}/u.test(short) ? findLongForm(short, before.trim()) : null;
    if (longForm === null) return whole;
    longForms.set(short, longForm);
    return before;
  });
  let expanded = withoutBrackets;
  for (const [short, longForm] of longForms)
    expanded = expanded.replace(new RegExp(`(?<![\\p{L}\\p{N}])${short}(?![\\p{L}\\p{N}])`, "gu"), longForm);
  return expanded;
}

/** Matches the abbreviation's characters backwards in the words before it; the first must begin a word. */
function findLongForm(short: string, before: string): string | null {
  const letters = short.toLowerCase().replace(/-/g, "");
  const text = before.toLowerCase();
  let position = text.length;
  for (let index = letters.length - 1; index >= 0; index--) {
    const letter = letters.charAt(index);
    do position--;
    while (
      position >= 0 &&
      (text.charAt(position) !== letter ||
        (index === 0 && position > 0 && /[\p{L}\p{N}]/u.test(text.charAt(position - 1))))
    );
    if (position < 0) return null;
  }
  return before.slice(position);
}
