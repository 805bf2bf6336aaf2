import type { AnswerOption } from "../domain/question.ts";
import { withoutArticles } from "./articles.ts";

/** Whether a remark behind a label goes on to a further one: "or C", "/C", "(C)", "option C", "C)". An article is no label. */
export function namesAnother(rest: string, chosen: AnswerOption, options: readonly AnswerOption[]): boolean {
  const others = options
    .filter((option) => option !== chosen)
    .map(({ label }) => label.replace(/[^\p{L}\p{N}]/gu, ""))
    .filter((label) => label !== "");
  if (others.length === 0) return false;
  const label = `(?:${others.join("|")})(?![\\p{L}\\p{N}]|-\\p{L})`;
  const joined = new RegExp(
    `^(?:(?:or|and|and/or|not|no|maybe|but|和|或|与|與|及|以及|不是|而不是)\\s*|[,;/&+、|\\s-])*["'([{]*${label}`,
    "iu",
  );
  const marked = new RegExp(
    `[(\\[]\\s*${label}\\s*[)\\]]|(?<![\\p{L}\\p{N}])${label}\\s*[)\\]]|\\b(?:option|choice|answer|or|and)\\s+(?:is\\s+)?\\(?${label}`,
    "iu",
  );
  const remark = withoutArticles(rest);
  return joined.test(remark) || marked.test(remark);
}
