import { normaliseAnswer } from "./normalise.ts";

/** Answers that give none; in Chinese too. */
const wordings = new Set(
  [
    "",
    "none",
    "unknown",
    "unclear",
    "not known",
    "no answer",
    "i don't know",
    "i do not know",
    "don't know",
    "cannot be determined",
    "can't be determined",
    "cannot determine",
    "not enough information",
    "insufficient information",
    "insufficient evidence",
    "n/a",
    "不知道",
    "无法确定",
    "信息不足",
  ].map(normaliseAnswer),
);

/** Whether a text answers nothing, as far as its wording says it. */
export function isAbstention(answer: string): boolean {
  return wordings.has(normaliseAnswer(answer));
}
