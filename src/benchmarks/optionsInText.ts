import type { AnswerOption } from "../domain/question.ts";

const marker = /(?:^|(?<=\s))\(?([A-J])[.):](?=\s|[^\s\w])\)?\s*|(?:^|(?<=\n)\s*)\(?([A-J])[.):]\s*/g;

/**
 * A question whose options stand in its text ("… ? A. one B. two C. three"), cut apart; null where no run of A, B, … ends the
 * text. The last such run counts: letters before it belong to the question.
 */
export function cutOptions(text: string): { readonly question: string; readonly options: AnswerOption[] } | null {
  const marks = [...text.matchAll(marker)].map((match) => ({
    label: match[1] ?? match[2] ?? "",
    start: match.index,
    end: match.index + match[0].length,
  }));
  for (let first = marks.length - 1; first >= 0; first--) {
    if (marks[first]?.label !== "A") continue;
    const run = marks.slice(first).filter(ascending());
    const options = run.map(({ label, end }, index) => ({
      label,
      text: text.slice(end, run[index + 1]?.start ?? text.length).trim(),
    }));
    const question = text.slice(0, run[0]?.start ?? 0).trim();
    if (options.length >= 2 && question !== "" && options.every((option) => option.text !== ""))
      return { question, options };
  }
  return null;
}

/** Keeps A, the next B after it, and so on. */
function ascending(): (mark: { readonly label: string }) => boolean {
  let next = "A".charCodeAt(0);
  return ({ label }) => label.charCodeAt(0) === next && next++ > 0;
}
