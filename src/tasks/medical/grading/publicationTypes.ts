/**
 * Publication types of the National Library of Medicine (MeSH, category V) and article types of JATS that name a study's
 * design, by level (docs/method.md#hierarchy-of-evidence). Types that are open between two designs count as the lower one: a
 * "Clinical Study" may be an observation, an adaptive trial need not be randomised. Names are as `plainType` makes them.
 */
const designs: readonly (readonly [level: number, readonly string[]])[] = [
  [9, ["meta analysis", "network meta analysis"]],
  [8, ["systematic review"]],
  [
    7,
    [
      "practice guideline",
      "guideline",
      "consensus development conference",
      "consensus development conference, nih",
      "consensus statement",
    ],
  ],
  [
    6,
    [
      "randomized controlled trial",
      "randomized controlled trial, veterinary",
      "pragmatic clinical trial",
      "equivalence trial",
    ],
  ],
  [
    5,
    [
      "controlled clinical trial",
      "clinical trial",
      "clinical trial, phase i",
      "clinical trial, phase ii",
      "clinical trial, phase iii",
      "clinical trial, phase iv",
      "adaptive clinical trial",
      "clinical trial, veterinary",
    ],
  ],
  [4, ["observational study", "observational study, veterinary", "twin study", "clinical study"]],
  [2, ["case reports", "case report"]],
];

/** Types of texts that report no results of their own, with what is said of them. None of their words name a design of theirs. */
const withoutResults: ReadonlyMap<string, string> = new Map([
  ...[
    "retraction of publication",
    "retraction notice",
    "retraction",
    "partial retraction",
    "expression of concern",
    "published erratum",
    "correction",
    "addendum",
  ].map((name) => [name, "a notice about another publication"] as const),
  ...["clinical trial protocol", "study protocol", "protocol"].map(
    (name) => [name, "a protocol, without results"] as const,
  ),
  ...[
    "biography",
    "autobiography",
    "obituary",
    "bibliography",
    "directory",
    "dataset",
    "portrait",
    "meeting report",
    "calendar",
    "announcement",
  ].map((name) => [name, "no study"] as const),
]);

/** Opinion whatever else is named, and texts that are opinion unless a design is named beside them (a letter may report a trial). */
const opinions: ReadonlySet<string> = new Set([
  "editorial",
  "news",
  "newspaper article",
  "interview",
  "personal narrative",
  "lecture",
  "address",
  "introductory journal article",
  "introduction",
  "book review",
  "product review",
]);
const opinionsWithoutDesign: ReadonlySet<string> = new Set([
  "comment",
  "letter",
  "article commentary",
  "discussion",
  "reply",
  "review",
  "review article",
  "scoping review",
  "clinical conference",
]);

/** What publication types say: a level, or none for a reason. */
export interface TypeVerdict {
  readonly level: number | null;
  /** The type that decided, as it was written, with what it means where it names no design. */
  readonly reason: string;
}

/** Null when no type says anything of a design ("Journal Article", "Multicenter Study", "Comparative Study"). */
export function levelOfTypes(types: readonly string[]): TypeVerdict | null {
  const written = new Map(types.map((type) => [plainType(type), type]));
  const first = (names: Iterable<string>): string | undefined =>
    [...names].map((name) => written.get(name)).find((type) => type !== undefined);
  const retracted = first(["retracted publication"]);
  if (retracted !== undefined)
    return { level: null, reason: `publication type ${retracted}: its design no longer counts` };
  const empty = first(withoutResults.keys());
  if (empty !== undefined)
    return { level: null, reason: `publication type ${empty}: ${withoutResults.get(plainType(empty)) ?? ""}` };
  const opinion = first(opinions);
  if (opinion !== undefined) return { level: 1, reason: `publication type ${opinion}` };
  for (const [level, names] of designs) {
    const design = first(names);
    if (design !== undefined) return { level, reason: `publication type ${design}` };
  }
  const open = first(opinionsWithoutDesign);
  return open === undefined ? null : { level: 1, reason: `publication type ${open}, and no design named` };
}

/** One spelling for PubMed's "Meta-Analysis" and JATS' "meta-analysis", "Clinical Trial, Phase II" and "clinical-trial, phase ii". */
function plainType(type: string): string {
  return type
    .toLowerCase()
    .replace(/[-_\s]+/g, " ")
    .trim();
}
