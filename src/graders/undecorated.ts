/** Characters of an answer in which marks and phrases are looked for: what is longer is an essay. */
export const longestAnswer = 2000;

/** Commands of LaTeX that only say how a text looks. */
const looks =
  /\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathsf|mathit|operatorname|mbox|bm|fbox|emph)\s*\{([^{}]*)\}/g;

/**
 * An answer without what marks it up: width of letters, invisible characters, Markdown, HTML emphasis, LaTeX, a JSON object
 * around it. Before a number ">" and "-" are signs, not Markdown. A box (`\boxed{…}`) holds the answer, whatever stands around it; several different boxes hold none.
 */
export function undecorated(answer: string): string {
  const visible = withoutFence(answer.replace(/\p{Cf}|\p{Variation_Selector}/gu, "").trim());
  const plain = inJson(visible)
    .replace(/<\/?(?:b|i|u|em|strong|span|p|code|mark|answer)>|<br\s*\/?>/g, " ")
    .replace(looks, "$1")
    .replace(looks, "$1");
  return withoutMarks(boxed(plain)).replace(/\s+/g, " ").trim();
}

/** What stands in a fence of Markdown that holds the whole answer. */
function withoutFence(text: string): string {
  return /^```\w*\s*\n([^`]*)\n\s*```$/.exec(text)?.[1]?.trim() ?? text;
}

function boxed(text: string): string {
  const contents = [...text.matchAll(/\\boxed\s*\{([^{}]*)\}/g)].map(([, content = ""]) => content.trim());
  const [only, ...others] = new Set(contents);
  return only === undefined || others.length > 0 ? text : only;
}

function withoutMarks(text: string): string {
  return text
    .replace(/\\[()[\]]|\$\$?/g, " ")
    .replace(/\\([%#&_{}])/g, "$1")
    .replace(/(\*\*|__|~~|`+)(?=\S)([^*`]*?\S)\1/g, "$2")
    .trim()
    .replace(/^(?:#+|[•·]|(?:>+|-)(?!\s*\.?\d))\s+/, "")
    .replace(/^\*([^*]+)\*([.。]?)$|^_([^_]+)_([.。]?)$/, "$1$2$3$4");
}

/** The answer in the form that MIRAGE asks for, and in others like it. */
function inJson(text: string): string {
  const answers = [
    ...text.matchAll(/(["'])(?:answer_choice|answer|choice|option|final_answer)\1\s*:\s*(["'])((?:(?!\2)[^\\])*)\2/gi),
  ].map(([, , , answer = ""]) => answer.trim());
  const [only, ...others] = new Set(answers);
  return text.startsWith("{") && only !== undefined && others.length === 0 ? only : text;
}
