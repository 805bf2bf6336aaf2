import type { AnswerOption } from "../domain/question.ts";

/**
 * An answer without the option that it sets itself off from: "B, not C", "B rather than C", "not A but B", "A is wrong; the
 * answer is B", "不是A，而是B". Only labels count; an answer that only says which option is wrong stays as it is.
 */
export function withoutContrast(said: string, options: readonly AnswerOption[]): string {
  const labels = options.map(({ label }) => label.replace(/[^\p{L}\p{N}]/gu, "")).filter((label) => label !== "");
  if (labels.length === 0) return said;
  const other = `(?:option\\s+|选项|選項)?[(\\[]?(?:${labels.join("|")})[)\\]]?(?![\\p{Script=Latin}\\p{N}])`;
  const behind = new RegExp(
    `(?<=\\S)\\s*[,;(]?\\s*(?:\\b(?:and\\s+)?(?:not|rather than|instead of)\\s+|而不是|而非|并非|不是|不选|不選)\\s*${other}\\s*\\)?\\.?$`,
    "iu",
  );
  const before = new RegExp(
    `^(?:(?:not|isn['’]t)\\s+|不是|并非|不选|不選)\\s*${other}\\s*[,;.、]?\\s*(?:\\bbut\\s+(?:rather\\s+)?|\\bit(?: is|['’]s)\\s+|\\b(?:the )?answer is\\s+|而是|而选|而應選|是|选|選)\\s*`,
    "iu",
  );
  const instead = new RegExp(`^(?:rather than|instead of)\\s+${other}\\s*,\\s*`, "iu");
  const wrong = new RegExp(
    `^${other}\\s+(?:is|was)\\s+(?:wrong|incorrect|not\\s+(?:correct|right))\\s*[;,.]\\s*(?:so\\s+|but\\s+)?`,
    "iu",
  );
  for (const contrast of [behind, before, instead, wrong]) {
    const rest = said.replace(contrast, "");
    if (rest !== said && rest !== "") return rest;
  }
  return said;
}
