import type { RewardDefinition } from "./definition.ts";

const windowLength = 200;
const chinese = /\p{Script=Han}/u;
/** Shorter runs of letters are labels and units, which belong to no language. */
const word = /\p{Script=Han}|\p{L}{3}/u;

/**
 * Penalty 0.1 × share of 200-character windows of thinking and of answer whose language is not the question's, told by
 * whether they contain Chinese (METHOD §3). Windows without words are left out.
 */
export const language: RewardDefinition = {
  name: "penalty/language",
  range: [0, 0.1],
  needs: [],
  nullMeans: "never",
  score: ({ question, response }) => {
    const asked = chinese.test(question.text);
    const windows = [...cutWindows(response.thinking), ...cutWindows(response.answer ?? "")].filter((text) => word.test(text));
    if (windows.length === 0) return 0;
    return (0.1 * windows.filter((text) => chinese.test(text) !== asked).length) / windows.length;
  },
};

/** Windows of characters (code points) that do not overlap; the last may be shorter. */
function cutWindows(text: string): string[] {
  const characters = Array.from(text);
  return Array.from({ length: Math.ceil(characters.length / windowLength) }, (_, index) =>
    characters.slice(index * windowLength, (index + 1) * windowLength).join(""),
  );
}
