import {
  bookSigns,
  denials,
  designRules,
  firstPerson,
  laboratoryWork,
  narrativeReview,
  ownResults,
  peopleCounted,
  plannedWork,
  thisStudy,
} from "./designRules.ts";
import type { DesignRule } from "./designRules.ts";
import type { Section, SourceDocument } from "../../../corpus/document.ts";
import { designWording } from "./designWording.ts";
import { levelOfTypes } from "./publicationTypes.ts";
import { designOfHeadings, inAnimalsAlone } from "./subjectHeadings.ts";
import { gradeTitle } from "./titleDesign.ts";

/** A level of evidence and what in the source gives it; an unknown level has a reason too. */
export interface EvidenceGrade {
  readonly level: number | null;
  readonly reason: string;
}

/** A text, and what is known of it. */
type Graded = Pick<SourceDocument, "title" | "sections"> &
  Partial<Omit<SourceDocument, "id" | "source" | "year" | "licence" | "title" | "sections">>;

/** A longer text is a book, whatever it is called: no article comes near. */
const bookCharacters = 200_000;
/** How far into a section labels are looked for. */
const labelledCharacters = 20_000;

/** The level of a document, null when nothing in it names a design (docs/method.md#hierarchy-of-evidence). */
export function evidenceLevelOf(document: Graded): number | null {
  return gradeEvidence(document).level;
}

/**
 * Grades a document by what its source says of it: first the source's own level, publication types and subject headings,
 * then a design that a study names in its title or in its account of what was done. What was withdrawn or is doubted
 * has no level; a book is expert opinion; whatever tells of other people's studies is no study.
 */
export function gradeEvidence(document: Graded): EvidenceGrade {
  return gradeBySource(document) ?? gradeByText(document);
}

/** A document with its level, as the rules give it, and the reason. */
export function gradeDocument(document: SourceDocument): SourceDocument {
  const { level, reason } = gradeEvidence(document);
  return { ...document, evidenceLevel: level, evidenceReason: reason };
}

/** What the source itself says; null where it leaves the level to the text. */
export function gradeBySource({
  notice,
  evidenceLevel = null,
  evidenceReason,
  publicationTypes = [],
  headings = [],
  kind,
  sections,
}: Graded): EvidenceGrade | null {
  if (notice === "retracted") return { level: null, reason: "retracted: its design no longer counts" };
  if (notice === "concern")
    return { level: null, reason: "under an expression of concern: its design does not count until it is cleared" };
  if (evidenceLevel !== null) return { level: evidenceLevel, reason: evidenceReason ?? "stated by the source" };
  const design = designOfHeadings(headings);
  const types = levelOfTypes(publicationTypes);
  if (types !== null) return refine(types, design);
  if (kind === "book" || sections.reduce((sum, { text }) => sum + text.length, 0) > bookCharacters)
    return { level: 1, reason: "a book" };
  if (inAnimalsAlone(headings)) return { level: null, reason: "subject heading Animals without Humans" };
  return design === null ? null : { level: design.level, reason: `subject heading ${design.heading}` };
}

/** Headings say of a trial that it was randomised, and of an observation that it was made at one time. */
function refine(types: EvidenceGrade, design: ReturnType<typeof designOfHeadings>): EvidenceGrade {
  const finer =
    design !== null && ((types.level === 5 && design.level === 6) || (types.level === 4 && design.level === 3));
  return finer ? { level: design.level, reason: `${types.reason}, subject heading ${design.heading}` } : types;
}

/** The level that a document's own words name; the reason quotes them. */
export function gradeByText({ title, sections, kind }: Pick<Graded, "title" | "sections" | "kind">): EvidenceGrade {
  const byTitle = gradeTitle(title);
  if (byTitle !== null) return byTitle;
  const book = kind === "article" ? null : bookSigns.exec(textOf(sections));
  if (book !== null) return { level: 1, reason: `a book: “${book[0].trim()}”` };
  const own = plain(textOf(ownSections(sections)));
  const structured = isStructured(sections);
  const study =
    structured ||
    (kind === "article" ? firstPerson.test(own) || thisStudy.test(own) : firstPerson.test(own) && ownResults.test(own));
  const review = kind === "article" && !structured ? narrativeReview.exec(own) : null;
  if (review !== null) return { level: 1, reason: `narrative review or opinion: “${review[0]}”` };
  if (!study) return { level: null, reason: "nothing in the source names a design of its own" };
  if (plannedWork.test(own) && !ownResults.test(own)) return { level: null, reason: "a plan, without results" };
  const laboratory = laboratoryWork.test(own);
  if (laboratory && !peopleCounted.test(own)) return { level: null, reason: "work on animals, cells or things" };
  // Of work on both only what is said of people counts, and there a design's own name.
  const people = laboratory
    ? own
        .split(/(?<=\.) /)
        .filter((sentence) => !laboratoryWork.test(sentence))
        .join(" ")
    : own;
  const found = findDesign(people, !laboratory && (structured || kind === "article"));
  return found === null
    ? { level: null, reason: "no design is named" }
    : { level: found.rule.level, reason: `${found.rule.name}: “${found.words}”` };
}

/** The first rule that applies to a text, with the words that it found; null when none applies. */
function findDesign(own: string, weakToo: boolean): { readonly rule: DesignRule; readonly words: string } | null {
  for (const rule of designRules) {
    if (rule.weak === true && !weakToo) continue;
    const words = rule.sign.exec(own)?.[0];
    if (words !== undefined) return { rule, words: words.trim() };
  }
  return null;
}

const others =
  /^(?:introduction|background|context|discussion|conclusions?|limitations|summary of background|summary background|references)\b/i;
const methods =
  /\b(?:methods?|methodology|design)\b|^(?:patients?|participants|subjects|setting|interventions?|data sources)\b|方法/i;
const outcome = /\b(?:results?|findings)\b|^(?:objectives?|aims?|purpose)\b|结果|目的/i;
const labelInText = /(?:^|[.。]\s*|\n)[【[]?([A-Z][A-Za-z &]{2,40}|目的|方法|结果)[】\]:：]/g;

/** Without the sections that tell of others' work, where those that tell of the document's own have headings. */
function ownSections(sections: readonly Section[]): readonly Section[] {
  if (!sections.some(({ heading }) => heading !== null && methods.test(heading))) return sections;
  return sections.filter(({ heading }) => heading === null || !others.test(heading));
}

/** Whether a document has the parts of an abstract or a paper: methods, and aims or results. Labels may stand in the text. */
function isStructured(sections: readonly Section[]): boolean {
  const labels = sections.flatMap(({ heading, text }) => [
    heading ?? "",
    ...Array.from(text.slice(0, labelledCharacters).matchAll(labelInText), ([, label]) => label ?? ""),
  ]);
  return labels.some((label) => methods.test(label)) && labels.some((label) => outcome.test(label));
}

function textOf(sections: readonly Section[]): string {
  return sections.map(({ heading, text }) => (heading === null ? text : `${heading}: ${text}`)).join("\n");
}

function plain(text: string): string {
  return designWording(text).replace(denials, " ");
}
