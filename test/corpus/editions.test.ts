import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import { pinnedManifest } from "../../src/corpus/versionPin.ts";
import { Editions } from "../../src/corpus/editions.ts";
import { corpusFiles } from "../../src/corpus/readers/read.ts";
import { indexInto } from "./indexInto.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();

interface Made {
  readonly version?: number;
  readonly revised?: string;
}

function record(pmid: number, text: string, { version = 1, revised }: Made = {}): string {
  const [year = "", month = "", day = ""] = revised?.split("-") ?? [];
  const date =
    revised === undefined
      ? ""
      : `<DateRevised><Year>${year}</Year><Month>${month}</Month><Day>${day}</Day></DateRevised>`;
  return `<PubmedArticle><MedlineCitation><PMID Version="${version}">${pmid}</PMID>${date}<Article><ArticleTitle>Report ${pmid}.</ArticleTitle><Abstract><AbstractText>${text}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>`;
}
const deletes = (...pmids: number[]): string =>
  `<DeleteCitation>\n${pmids.map((pmid) => `<PMID Version="1">${pmid}</PMID>`).join("\n")}\n</DeleteCitation>`;
const release = (...records: string[]): string =>
  `<?xml version="1.0"?>\n<PubmedArticleSet>\n${records.join("\n")}\n</PubmedArticleSet>`;

async function folderOf(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, name, path, ".."), { recursive: true });
    await writeFile(join(root, name, path), content);
  }
  return join(root, name);
}

async function textsIn(corpus: string, reader?: string): Promise<string[]> {
  const opened = await openCorpus(
    corpus,
    reader === undefined ? {} : { manifest: await pinnedManifest(corpus, reader) },
  );
  const [found = []] = await opened.search(["finding"], 50);
  opened.close();
  return found.map(({ passage }) => passage.text).toSorted();
}

/** Texts of the corpus of a folder, indexed as one shard; the same by shards, one for each file, must be equal. */
async function indexed(name: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await folderOf(name, files);
  const [whole, sharded] = [join(root, `${name}-whole`), join(root, `${name}-sharded`)];
  const report = await indexInto(whole, folder);
  expect(await indexInto(sharded, folder, { shardMegabytes: 1e-6 })).toMatchObject({
    fingerprint: report.fingerprint,
    passages: report.passages,
    replaced: report.replaced,
    deleted: report.deleted,
    added: report.added,
  });
  expect(await textsIn(sharded)).toEqual(await textsIn(whole));
  return textsIn(whole);
}

describe("the newest edition of a record counts", () => {
  test("PubMed's later file replaces and deletes, whatever folders and names sort first", async () => {
    expect(
      await indexed("release", {
        "z-base/pubmed25n0009.xml": release(
          record(1, "Finding of 500 mg."),
          record(2, "Finding that is withdrawn."),
          record(3, "Finding that stays."),
        ),
        "updates/pubmed25n1300.xml": release(record(1, "Finding of 50 mg."), deletes(2, 77)),
        "updates/pubmed25n1301.xml": release(record(4, "Finding that is new."), deletes(5)),
      }),
    ).toEqual(["Finding of 50 mg.", "Finding that is new.", "Finding that stays."]);
  });

  test("a higher version and a later revision win over the order of files", async () => {
    expect(
      await indexed("marked", {
        "a.xml": release(
          record(1, "Finding one, second version.", { version: 2 }),
          record(2, "Finding two, revised.", { revised: "2024-03-09" }),
        ),
        "b.xml": release(
          record(1, "Finding one, first version."),
          record(2, "Finding two, before.", { revised: "2023-11-30" }),
        ),
      }),
    ).toEqual(["Finding one, second version.", "Finding two, revised."]);
  });

  test("a record that comes back after its deletion is there; a deletion of the first version leaves the second", async () => {
    expect(
      await indexed("back", {
        "1.xml": release(record(1, "Finding before."), record(2, "Finding in a second version.", { version: 2 })),
        "2.xml": release(deletes(1, 2)),
        "10.xml": release(record(1, "Finding again.")),
      }),
    ).toEqual(["Finding again.", "Finding in a second version."]);
  });

  test("versions of an article by its id, chapters without one by their files", async () => {
    const article = (id: string, text: string): string =>
      `<article><front><article-meta>${id}</article-meta></front><body><p>${text}</p></body></article>`;
    const pmc = (id: string): string => `<article-id pub-id-type="pmc">${id}</article-id>`;
    expect(
      await indexed("articles", {
        "PMC7.1.nxml": article(`${pmc("PMC7")}<article-version>1</article-version>`, "Finding of 7, first."),
        "PMC7.2.nxml": article(`${pmc("7")}<article-version>2</article-version>`, "Finding of 7, second."),
        "old/PMC7.nxml": article(pmc("7.1"), "Finding of 7, old."),
        "one/chapter.nxml": article("", "Finding of one book."),
        "two/chapter.nxml": article("", "Finding of another."),
      }),
    ).toEqual(["Finding of 7, second.", "Finding of another.", "Finding of one book."]);
  });

  test("the later of two records with one id in a file; records of other files, unless they name one source", async () => {
    const line = (id: string, content: string, more: object = {}): string =>
      `${JSON.stringify({ id, title: "T", content, ...more })}\n`;
    expect(
      await indexed("records", {
        "a.jsonl": line("1", "Finding of a, early.") + line("1", "Finding of a, late."),
        "b.jsonl": line("1", "Finding of b.") + line("9", "Finding that is replaced.", { source: "drugs" }),
        "c.jsonl": line("9", "Finding of one source.", { source: "drugs" }),
      }),
    ).toEqual(["Finding of a, late.", "Finding of b.", "Finding of one source."]);
  });

  test("ids that most records share are refused: they name books, not records", async () => {
    const lines = Array.from({ length: 60 }, (_, index) =>
      JSON.stringify({ id: `book-${index % 2}`, title: "T", content: `Finding ${index}.` }),
    ).join("\n");
    await expect(
      indexInto(join(root, "shared-ids"), join(await folderOf("shared", { "a.jsonl": lines }), "a.jsonl")),
    ).rejects.toThrow("58 of 60 records have the id of another record");
  });

  test("a later run takes the update in, adds nothing twice, and a run that pinned the corpus reads on as before", async () => {
    const folder = await folderOf("later", {
      "pubmed25n0001.xml": release(record(1, "Finding of 500 mg. ".repeat(40)), record(2, "Finding that stays.")),
    });
    const corpus = join(root, "later-corpus");
    await indexInto(corpus, folder);
    const before = await textsIn(corpus, "finished");
    await writeFile(join(folder, "pubmed25n1400.xml"), release(record(1, "Finding of 50 mg.")));
    expect(await indexInto(corpus, folder)).toMatchObject({
      passages: 2,
      added: 1,
      removed: before.length - 1,
      replaced: 1,
    });
    expect(await textsIn(corpus)).toEqual(["Finding of 50 mg.", "Finding that stays."]);
    expect(await textsIn(corpus, "finished")).toEqual(before);
    expect(await indexInto(corpus, folder)).toMatchObject({ added: 0, removed: 0 });
  });
});

test("whatever the order of editions, at most one of a record is current, and it is the last that is not older", () => {
  const edition = fc.record({
    key: fc.constantFrom("a", "b"),
    version: fc.integer({ min: 1, max: 2 }),
    revised: fc.constantFrom(0, 20240101, 20240102),
    deletes: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(edition, { maxLength: 12 }), (taken) => {
      const editions = new Editions();
      const documents: { readonly key: string; readonly version: number; readonly after: boolean }[] = [];
      for (const { deletes: gone, ...one } of taken) {
        editions.take(gone ? { ...one, deletes: true } : one);
        if (!gone) documents.push({ ...one, after: true });
      }
      for (const key of ["a", "b"]) {
        const current = documents
          .map((one, number) => ({ ...one, number }))
          .filter((one) => one.key === key && !editions.superseded.has(one.number));
        expect(current.length).toBeLessThanOrEqual(1);
        const highest = Math.max(...documents.filter((one) => one.key === key).map(({ version }) => version));
        const mayBeLower = taken.some(({ deletes: gone, key: other }) => gone && other === key);
        expect(current.every(({ version }) => mayBeLower || version === highest)).toBe(true);
      }
      expect(editions.counts.documents - editions.superseded.size).toBe(
        documents.length - editions.counts.replaced - editions.counts.deleted,
      );
    }),
  );
});

test("files are read in the order of their numbers", async () => {
  const folder = await folderOf("order", {
    "a/part-10.jsonl": "",
    "a/part-9.jsonl": "",
    "z/pubmed24n1219.xml": "",
    "pubmed25n0001.xml": "",
    "b.txt": "",
  });
  expect((await corpusFiles(folder)).map((path) => path.slice(folder.length + 1))).toEqual([
    "a/part-9.jsonl",
    "a/part-10.jsonl",
    "b.txt",
    "z/pubmed24n1219.xml",
    "pubmed25n0001.xml",
  ]);
});
