import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Section, SourceDocument } from "../document.ts";
import { decodeUtf8 } from "./bytes.ts";
import { rejected } from "./result.ts";
import type { ReadResult } from "./result.ts";
import { childrenNamed, findAll, findFirst, parseXml, textOf } from "./xmlTree.ts";
import type { XmlElement } from "./xmlTree.ts";

/** Reads one article of StatPearls (NXML, the Bookshelf's form of JATS): a section for each heading. */
export async function* readNxml(file: string): AsyncIterable<ReadResult> {
  try {
    yield { document: documentOf(parseXml(decodeUtf8(await readFile(file))), basename(file).replace(/\.nxml$/, "")) };
  } catch (error) {
    yield rejected(file, "whole file", error);
  }
}

function documentOf(root: XmlElement, id: string): SourceDocument {
  const body = findFirst(root, "body");
  const sections = body === undefined ? [] : sectionsOf(body, null);
  if (sections.length === 0) throw new Error("the article has no text");
  const titleGroup = findFirst(root, "title-group");
  const licence = textOf(findFirst(root, "license"));
  const year = /\b[12]\d{3}\b/.exec(findAll(root, "pub-date").map((date) => textOf(findFirst(date, "year"))).join(" "));
  return {
    id,
    title: textOf(titleGroup === undefined ? findFirst(root, "title") : (findFirst(titleGroup, "title") ?? findFirst(titleGroup, "article-title"))),
    source: "statpearls",
    year: year === null ? null : Number(year[0]),
    licence: licence === "" ? null : licence,
    sections,
    kind: "book",
    publicationTypes: [],
    headings: [],
    notice: null,
    evidenceLevel: null,
  };
}

/** Text that stands directly in an element, then that of its sections with their headings joined by ": ". */
function sectionsOf(element: XmlElement, heading: string | null): Section[] {
  const own = element.children.filter((child): child is XmlElement => typeof child !== "string" && child.name !== "sec" && child.name !== "title");
  const text = own.map(textOf).filter((words) => words !== "").join("\n\n");
  const below = childrenNamed(element, "sec").flatMap((section) => {
    const title = textOf(childrenNamed(section, "title")[0]);
    return sectionsOf(section, [heading, title].filter((part) => part !== null && part !== "").join(": ") || null);
  });
  return text === "" ? below : [{ heading, text }, ...below];
}
