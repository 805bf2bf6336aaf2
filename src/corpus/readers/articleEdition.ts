import type { Edition } from "../editions.ts";
import { lineOf } from "./xmlText.ts";
import { childrenNamed, findAll, findFirst } from "./xmlTree.ts";
import type { XmlElement } from "./xmlTree.ts";

/** Ids that stay when an article or chapter is revised, the surest first. */
const idTypes = ["pmcid", "pmc", "pmcaid", "pmid", "doi", "nbk"];

/** Which article or chapter a file is a version of; null when it has no id that all versions share. */
export function articleEdition(root: XmlElement): Edition | null {
  const front = findFirst(root, "article-meta") ?? findFirst(root, "book-part-meta");
  if (front === undefined) return null;
  const ids = new Map(
    [...childrenNamed(front, "article-id"), ...childrenNamed(front, "book-part-id")].map((id) => [
      id.attributes["pub-id-type"] ?? id.attributes["book-part-id-type"] ?? "",
      lineOf(id),
    ]),
  );
  const type = idTypes.find((name) => (ids.get(name) ?? "") !== "");
  if (type === undefined) return null;
  const written = ids.get(type) ?? "";
  // PMC123 and 123 are one article; PMC123.2 is its second version.
  const [, id = written, version] =
    (type === "pmcid" || type === "pmc" ? /^(?:PMC)?(\d+)(?:\.(\d+))?$/i.exec(written) : null) ?? [];
  return {
    key: `${type === "pmcid" ? "pmc" : type}\n${id}`,
    version: Number(version ?? versionOf(front, ids.get("pmcid-ver"))),
    revised: revisedOf(front),
  };
}

function versionOf(front: XmlElement, versioned: string | undefined): number {
  const version = Number(lineOf(findFirst(front, "article-version")) || (/\.(\d+)$/.exec(versioned ?? "")?.[1] ?? 0));
  return Number.isFinite(version) && version > 0 ? version : 0;
}

/** The latest day on which it was revised, or else published, as 20240131; 0 when none is told. */
function revisedOf(front: XmlElement): number {
  const dates = ["date", "pub-date"].map((name) => findAll(front, name));
  const revised = (dates[0] ?? [])
    .filter(({ attributes }) => /revis|updat|correct/i.test(attributes["date-type"] ?? ""))
    .map(dayOf);
  return Math.max(0, ...(revised.length > 0 ? revised : (dates[1] ?? []).map(dayOf)));
}

function dayOf(date: XmlElement): number {
  const [year, month, day] = ["year", "month", "day"].map((name) => Number(lineOf(findFirst(date, name)) || 0));
  const number = (year ?? 0) * 10_000 + (month ?? 0) * 100 + (day ?? 0);
  return Number.isInteger(number) ? number : 0;
}
