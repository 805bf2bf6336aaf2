import { basename } from "node:path";

/** PubMed numbers its files through a year: baseline, then updates, whatever folders they are in. */
const pubMedFile = /^(?:pubmed|medline)(\d\d)n(\d+)\./i;

const natural = new Intl.Collator("en", { numeric: true });

/** Order of two files' paths: PubMed's own for its files, after all others; numbers in names as numbers. */
export function readingOrder(one: string, other: string): number {
  const [a, b] = [releaseOf(one), releaseOf(other)];
  return a - b || natural.compare(one, other) || (one < other ? -1 : 1);
}

/** Year and number of a file of PubMed as one number; -1 for other files. */
function releaseOf(path: string): number {
  const [, year, number] = pubMedFile.exec(basename(path)) ?? [];
  return year === undefined ? -1 : Number(year) * 1e8 + Number(number);
}
