import { join } from "node:path";
import { connect } from "@lancedb/lancedb";
import { expect, test } from "vitest";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import { pinnedManifest } from "../../src/corpus/versionPin.ts";
import { indexPassages } from "../../src/corpus/indexer.ts";
import { pruneCorpora, pruneCorpus } from "../../src/corpus/pruneCorpora.ts";
import type { Passage } from "../../src/domain/passage.ts";
import { temporaryFolder } from "./temporaryFolder.ts";
import { englishCorpus } from "../../src/tasks/medical/medicalCorpus.ts";

const root = temporaryFolder();

/** Passages of one edition of a corpus: nothing of another stays. */
async function* edition(name: string): AsyncIterable<Passage> {
  for (let index = 0; index < 200; index++) {
    yield await Promise.resolve({
      id: `${name}-${index}`,
      title: "T",
      text: `${name} finding ${index}`,
      source: "s",
      section: null,
      year: null,
      evidenceLevel: null,
    });
  }
}

async function versions(uri: string): Promise<number> {
  return (await (await (await connect(uri)).openTable("passages")).listVersions()).length;
}

async function firstOf(uri: string, query: string, reader?: string): Promise<string | undefined> {
  const corpus = await openCorpus(uri, reader === undefined ? {} : { manifest: await pinnedManifest(uri, reader) });
  const [found = []] = await corpus.search([query], 1);
  corpus.close();
  return found[0]?.passage.id;
}

test("versions before the first that a run still reads are removed; what runs read and the newest stay searchable", async () => {
  const uri = join(root, "corpora", "editions");
  await indexPassages(uri, edition("first"), { settings: englishCorpus });
  await indexPassages(uri, edition("second"), { settings: englishCorpus });
  expect(await firstOf(uri, "second finding 7", "old-run")).toBe("second-7");
  await indexPassages(uri, edition("third"), { settings: englishCorpus });
  expect(await firstOf(uri, "third finding 7", "run")).toBe("third-7");
  await indexPassages(uri, edition("fourth"), { settings: englishCorpus });
  const before = await versions(uri);

  expect(await pruneCorpus(uri, () => true)).toBeGreaterThan(0);
  const withBoth = await versions(uri);
  expect(withBoth).toBeLessThan(before);
  expect([await firstOf(uri, "second finding 7", "old-run"), await firstOf(uri, "third finding 7", "run")]).toEqual([
    "second-7",
    "third-7",
  ]);

  expect(await pruneCorpora(join(root, "corpora"), (name) => name === "run")).toBeGreaterThan(0);
  expect(await versions(uri)).toBeLessThan(withBoth);
  expect([await firstOf(uri, "third finding 7", "run"), await firstOf(uri, "fourth finding 7")]).toEqual([
    "third-7",
    "fourth-7",
  ]);
  // A run of the old name that begins anew reads the newest.
  expect(await firstOf(uri, "fourth finding 7", "old-run")).toBe("fourth-7");

  expect(await pruneCorpora(join(root, "corpora"), () => true)).toBe(0);
  expect(await pruneCorpora(join(root, "nowhere"), () => true)).toBe(0);
});

test("a corpus that is being indexed is left alone, and nothing is built again after pruning", async () => {
  const uri = join(root, "unfinished");
  await indexPassages(uri, edition("first"), { settings: englishCorpus });
  await indexPassages(uri, edition("second"), { settings: englishCorpus });
  async function* broken(): AsyncIterable<Passage> {
    for await (const passage of edition("third")) yield passage;
    throw new Error("stopped");
  }
  await pruneCorpus(uri, () => true);
  expect(await indexPassages(uri, edition("second"), { settings: englishCorpus })).toMatchObject({
    added: 0,
    removed: 0,
  });
  await expect(indexPassages(uri, broken(), { settings: englishCorpus })).rejects.toThrow("stopped");
  expect(await firstOf(uri, "second finding 7")).toBe("second-7");
  expect(await pruneCorpus(uri, () => true)).toBe(0);
});
