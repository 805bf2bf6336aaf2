import { basename } from "node:path";
import type { Notice } from "../../domain/passage.ts";
import type { Section, SourceDocument } from "../document.ts";
import { articleEdition } from "./articleEdition.ts";
import { decodeText } from "./encoding.ts";
import { noticeOfTitle } from "./notice.ts";
import { readWhole } from "./wholeFile.ts";
import { rejected } from "./recordResult.ts";
import type { ReadResult } from "./recordResult.ts";
import { lineOf, textOf } from "./xmlText.ts";
import { childElements, childrenNamed, findAll, findFirst, parseXml } from "./xmlTree.ts";
import type { XmlElement } from "./xmlTree.ts";

/** Reads one article (JATS, as PubMed Central has them) or chapter (BITS, as StatPearls) of XML: a section for each heading. */
export async function* readNxml(file: string): AsyncIterable<ReadResult> {
  try {
    const root = parseXml(decodeText(await readWhole(file)));
    const edition = articleEdition(root);
    yield {
      document: documentOf(root, basename(file).replace(/\.n?xml(\.gz)?$/, "")),
      ...(edition !== null && { edition }),
    };
  } catch (error) {
    yield rejected(file, "whole file", error);
  }
}

function documentOf(root: XmlElement, id: string): SourceDocument {
  const article = root.name === "article";
  const front = findFirst(root, article ? "article-meta" : "book-part-meta") ?? root;
  const sections = [
    ...abstractsOf(front),
    ...["body", "floats-group"].flatMap((name) => sectionsOf(findFirst(root, name), null)),
  ];
  if (sections.length === 0) throw new Error("the article has no text");
  const licence = lineOf(findFirst(root, "license"));
  const publicationTypes = typesOf(root, front);
  return {
    id,
    title: titleOf(front),
    source: article ? "pmc" : bookOf(root),
    year: yearOf(root),
    licence: licence === "" ? null : licence,
    sections,
    kind: article ? "article" : "book",
    publicationTypes,
    headings: [],
    notice: noticeOf(front, publicationTypes),
    evidenceLevel: null,
  };
}

function titleOf(front: XmlElement): string {
  const group = findFirst(front, "title-group");
  if (group === undefined) return lineOf(findFirst(front, "title"));
  return lineOf(findFirst(group, "title") ?? findFirst(group, "article-title"), false);
}

/** StatPearls where the book does not say its name. */
function bookOf(root: XmlElement): string {
  const meta = findFirst(root, "book-meta");
  const title = meta === undefined ? "" : lineOf(findFirst(meta, "book-title"), false);
  return title === "" || /^statpearls/i.test(title) ? "statpearls" : title;
}

function yearOf(root: XmlElement): number | null {
  const year = /\b[12]\d{3}\b/.exec(
    findAll(root, "pub-date")
      .map((date) => lineOf(findFirst(date, "year")))
      .join(" "),
  );
  return year === null ? null : Number(year[0]);
}

/** What an article is by its own type and by the headings of its journal. */
function typesOf(root: XmlElement, front: XmlElement): string[] {
  const type = root.attributes["article-type"];
  return [...(type === undefined ? [] : [type]), ...findAll(front, "subject").map((subject) => lineOf(subject))];
}

/** Retracted: by its own type or title, or by a link to the retraction. A notice itself only speaks of another article. */
function noticeOf(front: XmlElement, types: readonly string[]): Notice | null {
  const links = new Set(
    findAll(front, "related-article").map(({ attributes }) => attributes["related-article-type"]?.toLowerCase()),
  );
  if (
    types.some((type) => /^retracted[- ](?:article|publication)$/i.test(type)) ||
    links.has("retraction-forward") ||
    noticeOfTitle(titleOf(front)) === "retracted"
  )
    return "retracted";
  return links.has("partial-retraction-forward") || links.has("concern-forward") || links.has("expression-of-concern")
    ? "concern"
    : noticeOfTitle(titleOf(front));
}

/** An article's abstracts, each under its own name and the headings of its parts. */
function abstractsOf(front: XmlElement): Section[] {
  return childrenNamed(front, "abstract").flatMap((abstract) =>
    sectionsOf(abstract, lineOf(childrenNamed(abstract, "title")[0]) || "Abstract"),
  );
}

/** Text that stands directly in an element, then that of its sections with their headings joined by ": ". */
function sectionsOf(element: XmlElement | undefined, heading: string | null): Section[] {
  if (element === undefined) return [];
  const own = element.children.filter(
    (child) => typeof child === "string" || (child.name !== "sec" && child.name !== "title" && child.name !== "label"),
  );
  const text = textOf({ ...element, children: own });
  const below = childElements(element)
    .filter(({ name }) => name === "sec")
    .flatMap((section) => {
      const title = lineOf(childrenNamed(section, "title")[0]);
      const found = sectionsOf(
        section,
        [heading, title].filter((part) => part !== null && part !== "").join(": ") || null,
      );
      // A heading with nothing under it is a line of the page all the same.
      return found.length === 0 && title !== "" ? [{ heading, text: title }] : found;
    });
  return text === "" ? below : [{ heading, text }, ...below];
}
