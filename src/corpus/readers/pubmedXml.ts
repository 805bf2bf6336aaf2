import type { Notice, Section, SourceDocument } from "../document.ts";
import { readElements } from "./elements.ts";
import { decodeText } from "./encoding.ts";
import { noticeOfTitle } from "./notice.ts";
import { rejected } from "./result.ts";
import type { ReadResult } from "./result.ts";
import { lineOf, textOf } from "./xmlText.ts";
import { findAll, findFirst, parseXml } from "./xmlTree.ts";
import type { XmlElement } from "./xmlTree.ts";

/**
 * Reads a PubMed baseline or update file (.xml or .xml.gz) with publication types and MeSH. An article without an
 * abstract, as a good part of them are, is a document without sections.
 */
export async function* readPubMedXml(file: string): AsyncIterable<ReadResult> {
  for await (const { number, bytes } of readElements(file, "PubmedArticle")) {
    const place = `article ${number}`;
    try {
      if (bytes === null) throw new Error("the article is cut off or longer than a record may be");
      yield { document: documentOfArticle(parseXml(decodeText(bytes))) };
    } catch (error) {
      yield rejected(file, place, error);
    }
  }
}

function documentOfArticle(article: XmlElement): SourceDocument {
  const id = textOf(findFirst(article, "PMID"));
  if (id === "") throw new Error("the article has no PMID");
  const abstract = findFirst(article, "Abstract");
  const sections = abstract === undefined ? [] : findAll(abstract, "AbstractText").map(sectionOf).filter(({ text }) => text !== "");
  const licence = abstract === undefined ? "" : textOf(findFirst(abstract, "CopyrightInformation"));
  const title = lineOf(findFirst(article, "ArticleTitle"));
  const publicationTypes = findAll(article, "PublicationType").map((type) => lineOf(type));
  return {
    id,
    title,
    source: "pubmed",
    year: yearOf(article),
    licence: licence === "" ? null : licence,
    sections,
    kind: "article",
    publicationTypes,
    headings: findAll(article, "DescriptorName").map((name) => lineOf(name)),
    notice: noticeOf(article, title, publicationTypes),
    evidenceLevel: null,
  };
}

function sectionOf(element: XmlElement): Section {
  return { heading: element.attributes["Label"] ?? null, text: textOf(element) };
}

/** Retracted: by its publication type, or by what PubMed links to it. A notice itself only speaks of another article. */
function noticeOf(article: XmlElement, title: string, publicationTypes: readonly string[]): Notice | null {
  const links = new Set(findAll(article, "CommentsCorrections").map(({ attributes }) => attributes["RefType"]));
  if (publicationTypes.includes("Retracted Publication") || links.has("RetractionIn") || links.has("RetractedandRepublishedIn")) return "retracted";
  return noticeOfTitle(title) ?? (links.has("ExpressionOfConcernIn") ? "concern" : null);
}

/** Year of the journal issue; MedlineDate holds it in words ("1998 Dec-1999 Jan"). */
function yearOf(article: XmlElement): number | null {
  const date = findFirst(article, "PubDate");
  const year = date === undefined ? null : /\b[12]\d{3}\b/.exec(textOf(findFirst(date, "Year")) || textOf(findFirst(date, "MedlineDate")));
  return year === null ? null : Number(year[0]);
}
