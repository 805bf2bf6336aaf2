import { readUtf8 } from "./encoding.ts";
import { readNxml } from "./nxml.ts";
import { readPubMedXml } from "./pubmedXml.ts";
import { rejected } from "./recordResult.ts";
import type { ReadResult } from "./recordResult.ts";

/** Roots of articles and chapters; all other files are PubMed's. */
const articleRoots = new Set(["article", "book-part-wrapper", "book-part", "book"]);
const pubMedRoots = new Set(["PubmedArticleSet", "PubmedBookArticleSet", "PubmedArticle", "PubmedBookArticle"]);

/** Comments and a document type before the root are shorter than this. */
const headCharacters = 1 << 16;

/** Reads XML by its root: PubMed's records, or one article or chapter. Another root is a reject, not an empty file. */
export async function* readXml(file: string): AsyncIterable<ReadResult> {
  const root = await rootOf(file);
  if (root !== null && articleRoots.has(root)) {
    yield* readNxml(file);
    return;
  }
  let records = 0;
  for await (const result of readPubMedXml(file)) {
    records++;
    yield result;
  }
  if (records === 0 && root !== null && !pubMedRoots.has(root))
    yield rejected(
      file,
      "whole file",
      `no PubMed record in it, and <${root.slice(0, 100)}> is no article or chapter that is read here`,
    );
}

/** Name of the root element without its prefix; null when there is none. */
async function rootOf(file: string): Promise<string | null> {
  let head = "";
  for await (const chunk of readUtf8(file)) {
    head += chunk.toString("latin1");
    const root = /<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(head.replace(/<!--[\s\S]*?-->/g, ""))?.[1];
    if (root !== undefined) return root;
    if (head.length > headCharacters) break;
  }
  return null;
}
