/**
 * Subject headings (MeSH) that name how a study was done, highest level first. "as Topic" headings are about a design,
 * not of it, and are not listed, but for the one that has no publication type of its own.
 */
const designs: readonly (readonly [level: number, readonly string[]])[] = [
  [6, ["Double-Blind Method", "Single-Blind Method", "Random Allocation", "Cross-Over Studies"]],
  [5, ["Non-Randomized Controlled Trials as Topic"]],
  [
    4,
    [
      "Cohort Studies",
      "Prospective Studies",
      "Retrospective Studies",
      "Longitudinal Studies",
      "Follow-Up Studies",
      "Case-Control Studies",
    ],
  ],
  [3, ["Cross-Sectional Studies"]],
];

/** Whether a study's subjects were animals alone: allotted at random or followed, they say little of people. */
export function inAnimalsAlone(headings: readonly string[]): boolean {
  return headings.includes("Animals") && !headings.includes("Humans");
}

/** The heading with the highest level that names a design; null when none does, or the subjects were animals alone. */
export function designOfHeadings(
  headings: readonly string[],
): { readonly level: number; readonly heading: string } | null {
  if (inAnimalsAlone(headings)) return null;
  const present = new Set(headings);
  for (const [level, names] of designs) {
    const heading = names.find((name) => present.has(name));
    if (heading !== undefined) return { level, heading };
  }
  return null;
}
