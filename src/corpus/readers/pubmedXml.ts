import type { Notice } from "../../domain/passage.ts";
import type { Section, SourceDocument } from "../document.ts";
import type { Edition } from "../editions.ts";
import { readElements } from "./elements.ts";
import { decodeText } from "./encoding.ts";
import { noticeOfTitle } from "./notice.ts";
import { rejected } from "./recordResult.ts";
import type { ReadResult } from "./recordResult.ts";
import { lineOf, textOf } from "./xmlText.ts";
import { childrenNamed, findAll, findFirst, parseXml } from "./xmlTree.ts";
import type { XmlElement } from "./xmlTree.ts";

const recordNames = ["PubmedArticle", "PubmedBookArticle"];
const deletionNames = ["DeleteCitation", "DeleteDocument"];

/**
 * Reads a PubMed baseline or update file (.xml or .xml.gz) with publication types and MeSH, and what it deletes. An article
 * without an abstract, as a good part of them are, is a document without sections.
 */
export async function* readPubMedXml(file: string): AsyncIterable<ReadResult> {
  for await (const { name, number, bytes } of readElements(file, [...recordNames, ...deletionNames])) {
    const place = `${deletionNames.includes(name) ? "deletions" : "article"} ${number}`;
    try {
      if (bytes === null) throw new Error("the article is cut off or longer than a record may be");
      const element = parseXml(decodeText(bytes));
      if (deletionNames.includes(name))
        yield* findAll(element, "PMID").map((id) => ({ deletion: { ...editionOf(id), deletes: true as const } }));
      else yield readArticle(element);
    } catch (error) {
      yield rejected(file, place, error);
    }
  }
}

function readArticle(article: XmlElement): ReadResult {
  const pmid = findFirst(article, "PMID");
  const document = documentOfArticle(article, lineOf(pmid));
  return { document, edition: { ...editionOf(pmid), revised: dayOf(findFirst(article, "DateRevised")) } };
}

/** PubMed counts versions of a record in an attribute of its id. */
function editionOf(pmid: XmlElement | undefined): Edition {
  const version = Number(pmid?.attributes["Version"] ?? 0);
  return {
    key: `pubmed\n${lineOf(pmid)}`,
    version: Number.isInteger(version) && version > 0 ? version : 0,
    revised: 0,
  };
}

/** A date of year, month and day as 20240131; 0 without one. */
function dayOf(date: XmlElement | undefined): number {
  if (date === undefined) return 0;
  const [year, month, day] = ["Year", "Month", "Day"].map((name) => Number(lineOf(childrenNamed(date, name)[0]) || 0));
  const number = (year ?? 0) * 10_000 + (month ?? 0) * 100 + (day ?? 0);
  return Number.isInteger(number) ? number : 0;
}

function documentOfArticle(article: XmlElement, id: string): SourceDocument {
  if (id === "") throw new Error("the article has no PMID");
  const abstract = findFirst(article, "Abstract");
  const sections =
    abstract === undefined
      ? []
      : findAll(abstract, "AbstractText")
          .map(sectionOf)
          .filter(({ text }) => text !== "");
  const licence = abstract === undefined ? "" : textOf(findFirst(abstract, "CopyrightInformation"));
  const title = lineOf(findFirst(article, "ArticleTitle")) || lineOf(findFirst(article, "BookTitle"));
  const publicationTypes = findAll(article, "PublicationType").map((type) => lineOf(type));
  return {
    id,
    title,
    source: "pubmed",
    year: yearOf(article),
    licence: licence === "" ? null : licence,
    sections,
    kind: article.name === "PubmedBookArticle" ? "book" : "article",
    publicationTypes,
    headings: findAll(article, "DescriptorName").map((name) => lineOf(name)),
    notice: noticeOf(article, title, publicationTypes),
    evidenceLevel: null,
  };
}

function sectionOf(element: XmlElement): Section {
  return { heading: element.attributes["Label"] ?? null, text: textOf(element) };
}

/** Retracted: by its publication type, by what PubMed links to it, or by its title. A notice itself only speaks of another article. */
function noticeOf(article: XmlElement, title: string, publicationTypes: readonly string[]): Notice | null {
  const links = new Set(findAll(article, "CommentsCorrections").map(({ attributes }) => attributes["RefType"]));
  if (
    publicationTypes.includes("Retracted Publication") ||
    links.has("RetractionIn") ||
    links.has("RetractedandRepublishedIn")
  )
    return "retracted";
  return noticeOfTitle(title) ?? (links.has("ExpressionOfConcernIn") ? "concern" : null);
}

/** Year of the journal issue; MedlineDate holds it in words ("1998 Dec-1999 Jan"). */
function yearOf(article: XmlElement): number | null {
  const date = findFirst(article, "PubDate");
  const year =
    date === undefined
      ? null
      : /\b[12]\d{3}\b/.exec(lineOf(findFirst(date, "Year")) || lineOf(findFirst(date, "MedlineDate")));
  return year === null ? null : Number(year[0]);
}
