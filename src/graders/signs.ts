/** Signs that are printed in several ways, and the one that each is compared in. */
const spellings: readonly (readonly [sign: RegExp, one: string])[] = [
  [/[\u2010-\u2015\u2212\ufe58\ufe63]/g, "-"],
  [/[≥⩾≧]|=>(?=\s*\d)/g, ">="],
  [/[≤⩽≦]/g, "<="],
  [/[∼≈≅˜]/g, "~"],
  [/(?:<>|!=|\/=)(?=\s*\d)/g, "≠"],
  [/[⬆⇧⇑▲⬈↗]/g, "↑"],
  [/[⬇⇩⇓▼⬊↘]/g, "↓"],
  [/[➡⇒⟶➔⇨]|(?<!-)-+>/g, "→"],
  [/[⇐⟵⬅⇦]/g, "←"],
  [/(?<=\d)\s*[×✕x]\s*(?=\d)/g, " x "],
];

/** Letters that stand for themselves; μ is a unit's. */
const greek: Readonly<Record<string, string>> = {
  α: "alpha",
  β: "beta",
  γ: "gamma",
  δ: "delta",
  ε: "epsilon",
  θ: "theta",
  κ: "kappa",
  λ: "lambda",
  τ: "tau",
  ω: "omega",
};
const spelledGreek = new RegExp(`(?<!\\p{L})(${Object.values(greek).join("|")})(?=\\d)`, "gu");

const sign = "[-\u2010-\u2015\u2212\ufe58\ufe63+]";
const leading = String.raw`(?:^["'“‘([\s]*|(?:[([<>=~±≠≤≥:]|(?<!\p{L})(?:to|than)(?=\s))\s*)`;

/**
 * A sign apart from its number, where it can be no dash: at the start, behind a bracket or a comparison, or a true minus behind no
 * number. The sign comes first, so that only signs are looked behind.
 */
const apart = new RegExp(
  `(${sign})(?<=${leading}${sign})\\s+(?=\\.?\\d)|(\u2212)(?<![\\p{N}%)\\]]\\s*\u2212)\\s+(?=\\.?\\d)`,
  "gu",
);

/** A text whose leading signs stand at their numbers: "- 5" is -5, as "(− 5)" is (−5); "5 - 10" stays a range. */
export function signsJoined(text: string): string {
  return text.replace(apart, "$1$2");
}

/** A text with one spelling for each of these signs. */
export function signsSpelledOnce(text: string): string {
  return spellings.reduce((before, [sign, one]) => before.replace(sign, one), text);
}

/** A text in lower case whose Greek letters are words of their own, spelled: β2, beta2 and beta 2 alike. */
export function greekSpelled(text: string): string {
  return text.replace(/[αβγδεθκλτω]/g, (letter) => ` ${greek[letter] ?? letter} `).replace(spelledGreek, "$1 ");
}

/**
 * A minus that is a sign: behind a word that it says is negative (CD4−, O−), not a hyphen that waits for a second word (pre- and
 * postoperative).
 */
const negative = String.raw`(?<=[\p{L}\p{N})])-(?=$|[,;)\]]|\s(?!\s*(?:and|or|to|及|和)(?!\p{L})))`;

const minus = new RegExp(`(${negative})|-(?!\\d)|(?<=[\\p{L}\\p{N}])-`, "gu");

/** Without hyphens; signs of numbers and minuses stay. */
export function withoutHyphens(text: string): string {
  return text.replace(minus, (_, sign?: string) => sign ?? " ");
}
