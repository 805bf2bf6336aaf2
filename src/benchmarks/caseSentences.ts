/** Sentences end at a full stop, clauses of Chinese at a comma too. */
const between = /(?<=[.?!])\s+|(?<=\p{Ll}[.?!])(?=\p{Lu})|(?<=[。？！；，])|\n+/u;

/** The end of a sentence that asks. */
const asks = /(?:[?？:：]|是|为|有|属于|包括|除外)[\s\p{P}]*$/u;

/** A sentence that says that nothing was found, and makes no exception. */
const normal =
  /\b(?:unremarkable|non-?contributory|within (?:the )?(?:normal|reference) (?:limits|ranges?)|no abnormalit(?:y|ies)|(?:is|are|was|were) (?:otherwise )?(?:healthy|normal)|up[- ]to[- ]date|alert and oriented|no (?:other )?(?:regular )?medications?|does not (?:smoke|drink|use)|never smoked|denies|sexually active)\b|体健|健康|无特殊|未见(?:明显)?异常|正常|平稳|否认|无.{0,4}(?:过敏|手术|外伤|吸烟|饮酒)|不吸烟|不饮酒/i;
const exception = /\b(?:except|but|however|although|though|other than)\b|除|但/i;

/** The sentences of a question. */
export function sentencesOf(text: string): string[] {
  return text.split(between);
}

/**
 * Whether a sentence tells of the case that a question is about: it neither asks nor says that all is normal, which
 * questions about unlike cases do in the same words.
 */
export function tellsOfCase(sentence: string): boolean {
  return !asks.test(sentence) && (!normal.test(sentence) || exception.test(sentence));
}
