import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { readRecords } from "../../../src/corpus/readers/read.ts";
import type { ReadResult } from "../../../src/corpus/readers/recordResult.ts";
import type { FuzzCase, FuzzKind } from "./kind.ts";
import { page, wordsOf } from "./pages.ts";

const seed = 1;
const wholePages = 2_000;
const damagedFiles = 3_000;

const article = (xml: string): string =>
  `<?xml version="1.0"?>\n<article><front><article-meta><title-group><article-title>T</article-title></title-group></article-meta></front><body>${xml}</body></article>`;
const records = (xml: string): string =>
  `<PubmedArticleSet>\n${[1, 2].map((pmid) => `<PubmedArticle><MedlineCitation><PMID Version="1">${pmid}</PMID><Article><ArticleTitle>T</ArticleTitle><Abstract><AbstractText>${xml}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>`).join("\n")}\n</PubmedArticleSet>`;
const forms = [
  ["nxml", article],
  ["xml", article],
  ["xml", records],
] as const;

/** What happens to files: bytes changed, left out or put in, and ends cut off. */
const damage = fc.array(
  fc.record({
    kind: fc.constantFrom("cut", "drop", "flip", "insert"),
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.constantFrom(
      "<",
      ">",
      "&",
      "&#0;",
      "]]>",
      "<!--",
      "</p>",
      "\u0000",
      "\u00ff",
      "<x ",
      "&nope;",
      "<![CDATA[",
      "<?",
      "10",
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

interface Damage {
  readonly kind: string;
  readonly place: number;
  readonly bytes: string;
}

/** Articles, chapters and PubMed's records: whole pages keep apart what a reader sees apart; damaged files are read or rejected, never passed over. */
export const xmlFiles: FuzzKind = {
  name: "xml",
  inputs: wholePages + damagedFiles,
  concurrent: 4,
  withCases: async (use) => {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-fuzz-"));
    try {
      await use([...wholeCases(folder), ...damagedCases(folder)]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function wholeCases(folder: string): FuzzCase[] {
  return fc.sample(page, { seed, numRuns: wholePages }).map(({ xml, pieces }, number) => async () => {
    const [ending, make] = formOf(number);
    const results = await readAll(join(folder, `whole-${number}.${ending}`), Buffer.from(make(xml)));
    const words = new Set(
      results.flatMap((result) =>
        "document" in result
          ? result.document.sections.flatMap(({ heading, text }) => wordsOf(`${heading ?? ""} ${text}`))
          : [],
      ),
    );
    const lost = pieces.filter((piece) => !words.has(piece));
    return lost.length === 0 ? null : `${lost.join(", ")} not apart or not there in ${xml}`;
  });
}

function damagedCases(folder: string): FuzzCase[] {
  return fc
    .sample(fc.tuple(page, damage), { seed, numRuns: damagedFiles })
    .map(([{ xml }, damages], number) => async () => {
      const [ending, make] = formOf(number);
      const bytes = damages.reduce(damaged, Buffer.from(make(xml)));
      const results = await readAll(join(folder, `damaged-${number}.${ending}`), bytes);
      return results.length > 0 || !/<(?:article|PubmedArticle)[\s>]/.test(bytes.toString("latin1"))
        ? null
        : `nothing was read or rejected of ${JSON.stringify(bytes.toString("latin1"))}`;
    });
}

function formOf(number: number): (typeof forms)[number] {
  return forms[number % forms.length] ?? forms[0];
}

function damaged(bytes: Buffer, { kind, place, bytes: more }: Damage): Buffer {
  const at = Math.floor(place * bytes.length);
  if (kind === "cut") return bytes.subarray(0, at);
  if (kind === "insert") return Buffer.concat([bytes.subarray(0, at), Buffer.from(more, "latin1"), bytes.subarray(at)]);
  return Buffer.concat([
    bytes.subarray(0, at),
    kind === "flip" ? Buffer.from([(bytes[at] ?? 0) ^ 0x20]) : Buffer.alloc(0),
    bytes.subarray(at + 1),
  ]);
}

/** Everything that a file gives; that it cannot be read on is told by name, so it counts as one reject. */
async function readAll(path: string, bytes: Buffer): Promise<ReadResult[]> {
  await writeFile(path, bytes);
  const results: ReadResult[] = [];
  try {
    for await (const result of readRecords(path)) results.push(result);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes(path)) throw error;
    results.push({ reject: { file: path, place: "file", reason: error.message } });
  } finally {
    await rm(path, { force: true });
  }
  return results;
}
