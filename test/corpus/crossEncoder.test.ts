import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import { createEncoderFolder } from "../../src/corpus/embedding/createEncoder.ts";
import { openCrossEncoder, type Reranker } from "../../src/corpus/embedding/crossEncoder.ts";
import { indexPassages } from "../../src/corpus/indexer.ts";
import { temporaryFolder } from "./temporaryFolder.ts";
import { englishCorpus } from "../../src/tasks/medical/medicalCorpus.ts";

const root = temporaryFolder();
const passages = ["aspirin relieves pain", "the blood", "relieves the pain the blood the pain aspirin"];
let reranker: Reranker;
beforeAll(async () => {
  const folder = join(root, "model");
  await createEncoderFolder(
    folder,
    {
      hiddenSize: 32,
      intermediateSize: 64,
      layers: 2,
      heads: 4,
      maximumPositions: 24,
      pooling: "cls",
      words: ["aspirin", "pain", "relieves", "the", "blood"],
    },
    "cross",
  );
  reranker = await openCrossEncoder(folder, 1);
});
afterAll(() => reranker.close());

describe("a cross-encoder of the project's own making", () => {
  test("gives the logits that transformers gives for the same weights", async () => {
    // BertForSequenceClassification of transformers 5.23 with one label, pairs padded to one length.
    const expected = [0.10358791053295135, 0.08667750656604767, 0.08748455345630646];
    const scores = await reranker.scores("aspirin pain", passages);
    for (const [index, value] of expected.entries()) expect(scores[index]).toBeCloseTo(value, 5);
  });

  test("cuts what is too long and keeps both texts", async () => {
    const [long, longer] = await reranker.scores("aspirin ".repeat(50), ["pain ".repeat(50), "pain ".repeat(90)]);
    expect(long).toBe(longer);
    expect(long).not.toBe((await reranker.scores("aspirin ".repeat(50), ["blood ".repeat(50)]))[0]);
  });

  test("ranks what a search found anew when it is asked to", async () => {
    async function* stream() {
      for (const [index, text] of passages.entries())
        yield { id: `p${index}`, title: "", text, source: "s", section: null, year: null, evidenceLevel: null };
    }
    await indexPassages(join(root, "index"), stream(), { settings: englishCorpus });
    const corpus = await openCorpus(join(root, "index"));
    const backwards = {
      scores: (_: string, texts: readonly string[]) =>
        Promise.resolve(Float32Array.from(texts, (text) => -text.length)),
    };
    const found = await corpus.find({ query: "aspirin pain blood", topN: 2, reranker: backwards });
    expect(found.map(({ passage }) => passage.id)).toEqual(["p1", "p0"]);
    const plain = await corpus.find({ query: "aspirin pain blood", topN: 3 });
    expect(plain.map(({ passage }) => passage.id)).not.toEqual(["p1", "p0", "p2"]);
  });
});
