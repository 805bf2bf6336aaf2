import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import type { Corpus } from "../../src/corpus/openCorpus.ts";
import { createEncoderFolder } from "../../src/corpus/embedding/createEncoder.ts";
import { openEmbedder } from "../../src/corpus/embedding/embedder.ts";
import type { Embedder } from "../../src/corpus/embedding/embedder.ts";
import { filterCondition } from "../../src/corpus/filter.ts";
import { fuseRanks } from "../../src/corpus/fusion.ts";
import { indexPassages } from "../../src/corpus/indexer.ts";
import type { Passage } from "../../src/domain/passage.ts";
import { temporaryFolder } from "./temporaryFolder.ts";
import { englishCorpus } from "../../src/tasks/medical/medicalCorpus.ts";

const root = temporaryFolder();
const model = join(root, "encoder");

const texts = [
  "aspirin relieves pain",
  "statins lower cholesterol",
  "insulin lowers glucose",
  "aspirin thins the blood",
  "pain of the heart",
];
const passages = texts.map(
  (text, index): Passage => ({
    id: `p${index}`,
    title: "",
    text,
    source: index % 2 === 0 ? "even" : "it's odd",
    section: null,
    year: index === 0 ? null : 2000 + index,
    evidenceLevel: index === 1 ? null : 9 - index,
  }),
);

async function* stream(list: readonly Passage[]): AsyncIterable<Passage> {
  yield* list;
}

describe("an encoder of the project's own making", () => {
  let embedder: Embedder;
  beforeAll(async () => {
    const words = [...new Set(texts.flatMap((text) => text.split(" ")))];
    await createEncoderFolder(
      model,
      { hiddenSize: 32, intermediateSize: 64, layers: 2, heads: 4, maximumPositions: 24, pooling: "mean", words },
      "test",
    );
    embedder = await openEmbedder({ folder: model, threads: 1 });
  });

  test("gives vectors of length 1, the same whatever stands beside a text in its batch", async () => {
    const together = await embedder.embed([...texts, "", "long ".repeat(100)]);
    for (const vector of together) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    const [alone = new Float32Array(0)] = await embedder.embed([texts[0] ?? ""]);
    const cosine = alone.reduce((sum, value, place) => sum + value * (together[0]?.[place] ?? 0), 0);
    expect(cosine).toBeCloseTo(1, 5);
  });

  test("tells questions from passages where the model wants prefixes", async () => {
    const prefixed = await openEmbedder({ folder: model, threads: 1, queryPrefix: "pain " });
    const [[query], [passage], [plain]] = await Promise.all([
      prefixed.embedQueries(["heart"]),
      prefixed.embed(["pain heart"]),
      prefixed.embed(["heart"]),
    ]);
    expect(query).toEqual(passage);
    expect(query).not.toEqual(plain);
    await prefixed.close();
  });

  describe("a corpus with vectors", () => {
    let corpus: Corpus;
    const folder = join(root, "hybrid");
    beforeAll(async () => {
      await indexPassages(folder, stream(passages), { settings: englishCorpus, embedder });
      corpus = await openCorpus(folder, { embedder });
    });

    test("fuses words and meaning: a passage that is best in both comes first", async () => {
      const [found = []] = await corpus.search(["insulin lowers glucose"], 5);
      expect(found[0]?.passage.id).toBe("p2");
      expect(found).toHaveLength(5);
    });

    test("finds by vector what no word finds", async () => {
      const [vector] = await embedder.embedQueries(["statins lower cholesterol"]);
      const found = await corpus.find({ query: "zzz", topN: 1, ...(vector && { vector }) });
      expect(found.map(({ passage }) => passage.id)).toEqual(["p1"]);
    });

    test("filters by level, year and source; what is unknown is not found", async () => {
      const find = async (filter: Parameters<Corpus["find"]>[0]["filter"] = {}): Promise<string[]> =>
        (await corpus.find({ query: texts.join(" "), topN: 9, filter })).map(({ passage }) => passage.id).toSorted();
      expect(await find()).toEqual(["p0", "p1", "p2", "p3", "p4"]);
      expect(await find({ lowestLevel: 6, highestLevel: 7 })).toEqual(["p2", "p3"]);
      expect(await find({ fromYear: 2000, toYear: 2003 })).toEqual(["p1", "p2", "p3"]);
      expect(await find({ sources: ["it's odd"] })).toEqual(["p1", "p3"]);
    });

    test("prefers higher evidence when asked to", async () => {
      const plain = await corpus.find({ query: "aspirin pain blood", topN: 3 });
      const preferring = await corpus.find({ query: "aspirin pain blood", topN: 3, preferEvidence: 100 });
      const levels = preferring.map(({ passage }) => passage.evidenceLevel ?? 0);
      expect(levels).toEqual(levels.toSorted((a, b) => b - a));
      expect(plain.map(({ passage }) => passage.id).toSorted()).toEqual(
        preferring.map(({ passage }) => passage.id).toSorted(),
      );
    });

    test("equal passages come by their ids, however they were indexed", async () => {
      const equal = Array.from(
        { length: 80 },
        (_, index): Passage => ({ ...(passages[0] as Passage), id: `same-${String(index).padStart(3, "0")}` }),
      );
      for (const [name, order] of [
        ["forwards", equal],
        ["backwards", equal.toReversed()],
      ] as const) {
        const uri = join(root, name);
        await indexPassages(uri, stream(order.slice(0, 30)), { settings: englishCorpus, embedder });
        await indexPassages(uri, stream(order), { settings: englishCorpus, embedder });
        const tied = await openCorpus(uri, { embedder });
        const [found = []] = await tied.search(["aspirin pain"], 7);
        expect(found.map(({ passage }) => passage.id)).toEqual(equal.slice(0, 7).map(({ id }) => id));
        tied.close();
      }
    });

    test("serves by full text alone without the model, and refuses another model", async () => {
      const plain = await openCorpus(folder);
      expect((await plain.search(["insulin"], 5))[0]).toHaveLength(1);
      plain.close();
      await expect(openCorpus(folder, { embedder: { ...embedder, name: "other" } })).rejects.toThrow(
        "has vectors of encoder, not of other",
      );
    });
  });
});

describe("reciprocal-rank fusion", () => {
  test("adds 1 ÷ (5 + place) of each list", () => {
    expect(fuseRanks([["a", "b"], ["b"]])).toEqual([
      { id: "b", score: 1 / 7 + 1 / 6 },
      { id: "a", score: 1 / 6 },
    ]);
  });

  test("what is first in one list stands before what is middling in both", () => {
    const [one, two] = ["one", "two"].map((name) => [
      ...Array.from({ length: 19 }, (_, place) => `${name}-${place}`),
      "middling",
    ]);
    const fused = fuseRanks([one ?? [], two ?? []]).map(({ id }) => id);
    expect(fused.indexOf("middling")).toBeGreaterThan(fused.indexOf("one-0"));
    expect(fused.indexOf("middling")).toBeGreaterThan(fused.indexOf("two-0"));
  });
  test("does not depend on the order of the lists", () => {
    const list = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"));
    fc.assert(
      fc.property(list, list, (one, two) => {
        expect(fuseRanks([one, two]).map(({ id }) => id)).toEqual(fuseRanks([two, one]).map(({ id }) => id));
      }),
    );
  });
});

test("a filter and a band become one condition", () => {
  expect(filterCondition({}, null)).toBeNull();
  expect(filterCondition({ sources: ["a'b"], fromYear: 1999 }, { lowest: 1, highest: 3 })).toBe(
    "evidenceLevel >= 1 AND evidenceLevel <= 3 AND year >= 1999 AND source IN ('a''b')",
  );
});
