import type { EvidenceLevel } from "../domain/evidence.ts";
import { denials, designRules } from "./designRules.ts";
import type { DesignRule } from "./designRules.ts";
import type { SourceDocument } from "./document.ts";

/**
 * Publication types and subject headings (MeSH) that name a study's design, highest level first (METHOD §3, last
 * paragraph). "as Topic" headings are about a design, not of it, and are not listed.
 */
const levelOfHeading: readonly (readonly [EvidenceLevel, readonly string[]])[] = [
  [9, ["Meta-Analysis", "Network Meta-Analysis"]],
  [8, ["Systematic Review"]],
  [7, ["Practice Guideline", "Guideline", "Consensus Development Conference"]],
  [6, ["Randomized Controlled Trial", "Double-Blind Method", "Single-Blind Method", "Random Allocation", "Cross-Over Studies"]],
  [5, ["Controlled Clinical Trial", "Clinical Trial", "Clinical Trial, Phase I", "Clinical Trial, Phase II", "Clinical Trial, Phase III", "Non-Randomized Controlled Trials as Topic"]],
  [4, ["Cohort Studies", "Prospective Studies", "Retrospective Studies", "Longitudinal Studies", "Follow-Up Studies", "Case-Control Studies", "Observational Study"]],
  [3, ["Cross-Sectional Studies"]],
  [2, ["Case Reports"]],
  [1, ["Editorial", "Comment", "Letter", "News", "Personal Narrative"]],
];

/** The highest level that publication types or subject headings name; null when none names a design. */
export function levelFromHeadings(headings: readonly string[]): EvidenceLevel | null {
  const present = new Set(headings);
  return levelOfHeading.find(([, names]) => names.some((name) => present.has(name)))?.[0] ?? null;
}

/** Of a whole book this much is read: its beginning says what it is. */
const readCharacters = 1 << 18;

/** The level of a document: by its headings where they name a design, else by its text. */
export function evidenceLevelOf({ publicationTypes, headings, title, sections }: Pick<SourceDocument, "publicationTypes" | "headings" | "title" | "sections">): EvidenceLevel | null {
  return levelFromHeadings([...publicationTypes, ...headings]) ?? levelFromText([title, ...sections.map(({ heading, text }) => `${heading ?? ""}: ${text}`)].join("\n").slice(0, readCharacters));
}

/** The level that a text's own words name, by the rules of `designRules.ts`; null when no rule applies. */
export function levelFromText(text: string): EvidenceLevel | null {
  return findDesign(text)?.level ?? null;
}

/** The rule that decides about a text; null when none applies. */
export function findDesign(text: string): DesignRule | null {
  const plain = text.toLowerCase().replace(/\s+/g, " ").replace(denials, " ");
  return designRules.find(({ sign }) => sign.test(plain)) ?? null;
}
