/** A word cut by a hyphen at the end of a line or page; numbers such as 5-10 are left alone. */
const cut = /(\p{L}*\p{Ll})-[ \t]*(?:\n[ \t]*|\n?\f\n?[ \t]*)(?=(\p{Ll}+))/gu;
/** Soft hyphens show at a line's end only. */
const soft = /\u00ad[ \t]*\n?[ \t]*/g;

/**
 * Joins words that a line's end cuts: "hyper-\ntension" is hypertension. A word that the text also writes with its hyphen
 * within a line ("beta-blocker") keeps it, and so does a single letter ("p-\nvalue").
 */
export function joinHyphenated(text: string): string {
  const whole = text.replace(soft, "");
  if (!/-[ \t]*[\n\f]/.test(whole)) return whole;
  const hyphenated = new Set(Array.from(whole.matchAll(/\p{L}+-\p{L}+/gu), ([word]) => word.toLowerCase()));
  return whole.replace(cut, (_, before: string, after: string) =>
    before.length === 1 || hyphenated.has(`${before}-${after}`.toLowerCase()) ? `${before}-` : before,
  );
}
