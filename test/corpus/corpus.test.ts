import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "@lancedb/lancedb";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import { pinnedManifest } from "../../src/corpus/versionPin.ts";
import type { Corpus } from "../../src/corpus/openCorpus.ts";
import { indexPassages } from "../../src/corpus/indexer.ts";
import { englishCorpus, vocabularyCorpus } from "../../src/tasks/medical/medicalCorpus.ts";
import type { EvidenceScale } from "../../src/domain/evidenceScale.ts";
import type { Passage } from "../../src/domain/passage.ts";
import { openMedicine } from "../../src/tasks/world/medicine.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();

function passage(id: string, text: string, evidenceLevel: number | null = null): Passage {
  return { id, title: `title of ${id}`, text, source: "test", section: null, year: 2001, evidenceLevel };
}

async function* stream(passages: readonly Passage[]): AsyncIterable<Passage> {
  yield* passages;
}

async function collect(passages: AsyncIterable<Passage>): Promise<Passage[]> {
  const all: Passage[] = [];
  for await (const one of passages) all.push(one);
  return all;
}

function ids(results: Awaited<ReturnType<Corpus["search"]>>): string[][] {
  return results.map((result) => result.map((ranked) => ranked.passage.id));
}

describe("the world's corpus", () => {
  let corpus: Corpus;
  let passages: Passage[];
  const folder = join(root, "world");
  beforeAll(async () => {
    passages = await collect(openMedicine(1).passages());
    await indexPassages(folder, stream(passages), { settings: vocabularyCorpus });
    corpus = await openCorpus(folder);
  });

  test("finds each document by its own words first", async () => {
    const asked = passages.slice(0, 50);
    const found = await corpus.search(
      asked.map(({ text }) => text),
      1,
    );
    expect(found.map(([best]) => best?.passage.text)).toEqual(asked.map(({ text }) => text));
  });

  test("breaks ties by passage id, whatever the cut", async () => {
    const query = passages[0]?.text.split(" ")[0] ?? "";
    const [all = []] = await corpus.search([query], 100);
    const sorted = all.toSorted((a, b) => b.score - a.score || (a.passage.id < b.passage.id ? -1 : 1));
    expect(all).toEqual(sorted);
    for (const topN of [1, 2, 3, 5])
      expect(ids(await corpus.search([query], topN))[0]).toEqual(sorted.slice(0, topN).map((one) => one.passage.id));
  });

  test("an evidence word keeps to its band", async () => {
    const head = passages[0]?.text.split(" ")[0] ?? "";
    const [high = []] = await corpus.search([`high ${head}`], 20);
    expect(high.length).toBeGreaterThan(0);
    expect(high.every(({ passage: { evidenceLevel } }) => (evidenceLevel ?? 0) >= 7)).toBe(true);
  });

  test("an evidence word alone finds nothing", async () => {
    expect(await corpus.search(["high", ""], 5)).toEqual([[], []]);
  });

  test("passages come by id in the order asked, and an unknown id is an error", async () => {
    const asked = [passages[7], passages[3], passages[7]].flatMap((one) => one?.id ?? []);
    expect((await corpus.passages(asked)).map(({ id }) => id)).toEqual(asked);
    await expect(corpus.passages(["nowhere"])).rejects.toThrow("no passage with id nowhere");
  });

  test("another order of the same passages, and another process, rank the same", async () => {
    const queries = passages.slice(0, 40).map(({ text }, index) => `${text} ${passages[index + 900]?.text}`);
    const here = ids(await corpus.search(queries, 7));
    const other = join(root, "world-reversed");
    const report = await indexPassages(other, stream(passages.toReversed()), { settings: vocabularyCorpus });
    expect(report.fingerprint).toBe(corpus.manifest.fingerprint);
    const reversed = await openCorpus(other);
    expect(ids(await reversed.search(queries, 7))).toEqual(here);
    reversed.close();
    const script = fileURLToPath(new URL("searchInProcess.ts", import.meta.url));
    const output = execFileSync(process.execPath, ["--import", "tsx", script, folder, JSON.stringify(queries), "7"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    expect(JSON.parse(output)).toEqual(here);
  });

  test("any query is answered", async () => {
    const unusual = [
      '"',
      "'; drop",
      "AND OR NOT (",
      "*:*",
      "foo^3~",
      "\u0000",
      "\uD800",
      `${"a ".repeat(50_000)}`,
      "x".repeat(100_000),
    ];
    expect(await corpus.search(unusual, 3)).toHaveLength(unusual.length);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), async (query) => {
        expect((await corpus.search([query], 3))[0]?.length).toBeLessThanOrEqual(3);
      }),
      { numRuns: 60 },
    );
  });
});

const tenLevels: EvidenceScale = {
  name: "trust",
  measure: "degree of trust",
  levels: Array.from({ length: 10 }, (_, index) => ({
    name: `grade-${"abcdefghij".charAt(index)}`,
    weight: index / 9,
  })),
  unknownWeight: 0,
  bands: [
    { word: "best", lowest: 10, highest: 10 },
    { word: "good", lowest: 6, highest: 9 },
  ],
};

describe("indexing again", () => {
  const first = [
    passage("a", "aspirin relieves pain"),
    passage("b", "statins lower cholesterol", 9),
    passage("c", "insulin lowers glucose"),
  ];

  test("adds nothing when nothing changed", async () => {
    const folder = join(root, "again");
    const before = await indexPassages(folder, stream(first), { settings: englishCorpus });
    const after = await indexPassages(folder, stream(first), { settings: englishCorpus });
    expect(before).toMatchObject({ passages: 3, added: 3, removed: 0 });
    expect(after).toEqual({ ...before, added: 0 });
  });

  test("keeps the fingerprint that these passages had before scales were declared", async () => {
    const { fingerprint } = await indexPassages(join(root, "before-scales"), stream(first), {
      settings: englishCorpus,
    });
    expect(fingerprint).toBe("d079076f2ca3cb33a00b9f4f47b200e34040772c864e7091dde56d911a2741ca");
  });

  test("gives another scale another fingerprint, tells it to readers, and leaves the rows alone", async () => {
    const folder = join(root, "another-scale");
    const before = await indexPassages(folder, stream(first), { settings: englishCorpus });
    const after = await indexPassages(folder, stream(first), { settings: { ...englishCorpus, scale: tenLevels } });
    expect(after).toMatchObject({ passages: 3, added: 0, removed: 0 });
    expect(after.fingerprint).not.toBe(before.fingerprint);
    const corpus = await openCorpus(folder);
    expect(corpus.scale).toEqual(tenLevels);
    expect((await corpus.search(["trust:best cholesterol"], 3))[0]).toEqual([]);
    expect((await corpus.search(["trust:good cholesterol"], 3))[0]).toHaveLength(1);
    corpus.close();
  });

  test("refuses a level that the scale does not have", async () => {
    const settings = { ...englishCorpus, scale: tenLevels };
    await expect(
      indexPassages(join(root, "no-such-level"), stream([passage("x", "x", 11)]), { settings }),
    ).rejects.toThrow("has level 11, but a degree of trust of this corpus is from 1 to 10");
  });

  test("adds what is new, removes what went, and ranks as if made at once", async () => {
    const changed = [...first.slice(1), passage("d", "aspirin thins blood"), passage("e", "aspirin aspirin")];
    const [grown, fresh] = [join(root, "grown"), join(root, "fresh")];
    await indexPassages(grown, stream(first), { settings: englishCorpus });
    expect(await indexPassages(grown, stream(changed), { settings: englishCorpus })).toMatchObject({
      passages: 4,
      added: 2,
      removed: 1,
    });
    await indexPassages(fresh, stream(changed), { settings: englishCorpus });
    const [one, two] = await Promise.all([openCorpus(grown), openCorpus(fresh)]);
    const queries = ["aspirin", "lower glucose", "blood cholesterol"];
    expect(await one.search(queries, 3)).toEqual(await two.search(queries, 3));
  });

  test("what a stopped run left is taken over", async () => {
    const folder = join(root, "stopped");
    async function* broken(): AsyncIterable<Passage> {
      yield* first.slice(0, 2);
      throw new Error("stopped");
    }
    await expect(indexPassages(folder, broken(), { settings: englishCorpus })).rejects.toThrow("stopped");
    await expect(openCorpus(folder)).rejects.toThrow("no complete corpus");
    expect(await indexPassages(folder, stream(first), { settings: englishCorpus })).toMatchObject({ passages: 3 });
    const found = await (await openCorpus(folder)).search(["aspirin statins insulin"], 5);
    expect(ids(found)[0]?.toSorted()).toEqual(["a", "b", "c"]);
  });

  test("a corpus that is open stays at its version", async () => {
    const folder = join(root, "pinned");
    await indexPassages(folder, stream(first), { settings: englishCorpus });
    const open = await openCorpus(folder);
    await indexPassages(folder, stream([passage("z", "aspirin alone")]), { settings: englishCorpus });
    expect(ids(await open.search(["aspirin"], 5))).toEqual([["a"]]);
    expect(ids(await (await openCorpus(folder)).search(["aspirin"], 5))).toEqual([["z"]]);
  });

  test("a reader that comes back reads the version it began with, after other passages and other settings too", async () => {
    const folder = join(root, "tagged");
    await indexPassages(folder, stream(first), { settings: englishCorpus });
    const began = await openCorpus(folder, { manifest: await pinnedManifest(folder, "run-1") });
    const before = await began.search(["aspirin", "lowering"], 5);
    began.close();
    await indexPassages(folder, stream([passage("z", "aspirin alone")]), { settings: englishCorpus });
    await indexPassages(folder, stream([passage("y", "aspirin lowering")]), { settings: vocabularyCorpus });
    const again = await openCorpus(folder, { manifest: await pinnedManifest(folder, "run-1") });
    expect(await again.search(["aspirin", "lowering"], 5)).toEqual(before);
    expect(again.manifest).toEqual(began.manifest);
    expect(
      ids(await (await openCorpus(folder, { manifest: await pinnedManifest(folder, "run-2") })).search(["aspirin"], 5)),
    ).toEqual([["y"]]);
    const tags = await (await (await (await connect(folder)).openTable("passages")).tags()).list();
    expect(Object.keys(tags).toSorted()).toEqual(["reader-run-1", "reader-run-2"]);
  });

  test("other settings index anew", async () => {
    const folder = join(root, "settings");
    await indexPassages(folder, stream(first), { settings: { ...vocabularyCorpus } });
    expect(ids(await (await openCorpus(folder)).search(["lowering"], 5))).toEqual([[]]);
    await indexPassages(folder, stream(first), { settings: englishCorpus });
    expect(ids(await (await openCorpus(folder)).search(["lowering"], 5))[0]?.toSorted()).toEqual(["b", "c"]);
    expect(ids(await (await openCorpus(folder)).search(["title"], 5))[0]).toHaveLength(3);
  });

  test("no passages at all are an empty corpus", async () => {
    const folder = join(root, "empty");
    expect(await indexPassages(folder, stream([]), { settings: englishCorpus })).toMatchObject({ passages: 0 });
    expect(await (await openCorpus(folder)).search(["aspirin"], 5)).toEqual([[]]);
  });
});
