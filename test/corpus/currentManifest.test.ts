import { join } from "node:path";
import { expect, test } from "vitest";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import { readCurrentManifest } from "../../src/corpus/currentManifest.ts";
import { indexPassages } from "../../src/corpus/indexer.ts";
import type { CorpusSettings } from "../../src/corpus/corpusSettings.ts";
import type { Passage } from "../../src/domain/passage.ts";
import { vocabularyCorpus } from "../../src/tasks/medical/medicalCorpus.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

async function* passages(): AsyncIterable<Passage> {
  yield { id: "a", title: "A", text: "flu first rest", source: "s", section: null, year: null, evidenceLevel: 9 };
}

/** The same corpus where the highest level counts half. */
const doubting: CorpusSettings = {
  ...vocabularyCorpus,
  scale: {
    ...vocabularyCorpus.scale,
    levels: vocabularyCorpus.scale.levels.map(({ name, weight }) => ({ name, weight: weight / 2 })),
  },
};

test("a corpus that was indexed with another scale, other settings or vectors has to be indexed anew", async () => {
  const folder = join(temporaryFolder(), "corpus");
  expect(await readCurrentManifest(folder, vocabularyCorpus, null)).toBeNull();
  const { fingerprint } = await indexPassages(folder, passages(), { settings: vocabularyCorpus });
  expect(await readCurrentManifest(folder, vocabularyCorpus, null)).toMatchObject({ passages: 1, fingerprint });
  expect(await readCurrentManifest(folder, doubting, null)).toBeNull();
  expect(await readCurrentManifest(folder, { ...vocabularyCorpus, searchTitles: true }, null)).toBeNull();
  expect(await readCurrentManifest(folder, vocabularyCorpus, { name: "model", dimensions: 8 })).toBeNull();
  await indexPassages(folder, passages(), { settings: doubting });
  expect((await readCurrentManifest(folder, doubting, null))?.settings.scale).toEqual(doubting.scale);
  const corpus = await openCorpus(folder);
  expect(corpus.scale).toEqual(doubting.scale);
  corpus.close();
});
