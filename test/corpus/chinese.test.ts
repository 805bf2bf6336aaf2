import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunkText, countWordsAndMarks, defaultChunkSize } from "../../src/corpus/chunker.ts";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import { highlight } from "../../src/corpus/highlight.ts";
import { splitSentences } from "../../src/corpus/sentences.ts";
import { createTokenCutter, renderDocumentBlock } from "../../src/environments/search/documentBlock.ts";
import { medicalScale } from "../../src/tasks/medical/medicalEvidenceScale.ts";
import { openIndexWriter } from "../../src/corpus/indexWriter.ts";
import { literatureCorpus } from "../../src/corpus/literature.ts";
import { randomStream } from "../../src/domain/seed.ts";
import { watchEventLoop } from "../../src/eventLoop/watch.ts";
import { passage } from "../protocol/passages.ts";
import { indexInto } from "./indexInto.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();
const alphabet = fc.constantFrom(...Array.from("糖尿病𠮷，。；！？“”（）a1. \n"));

describe("Chinese passages", () => {
  test("are cut at the stops of Chinese, closing marks included, never inside a number", () => {
    expect(splitSentences("血压升高！“头痛吗？”是的；体温37.5℃，剂量３．５毫克。好转.出院")).toEqual([
      "血压升高！",
      "“头痛吗？”",
      "是的；",
      "体温37.5℃，剂量３．５毫克。",
      "好转.",
      "出院",
    ]);
  });

  test("hold whole sentences, without blanks between them", () => {
    const chunks = chunkText("病人咳嗽两周。夜间加重。".repeat(60), defaultChunkSize);
    expect(chunks.length).toBeGreaterThan(4);
    for (const chunk of chunks) expect(chunk).toMatch(/^(?:病人咳嗽两周。|夜间加重。)+$/);
  });

  test("a sentence that is too long is cut behind a clause", () => {
    const chunks = chunkText("治疗包括休息，".repeat(40), { maxTokens: 30, overlapTokens: 0 });
    for (const chunk of chunks) expect(chunk).toMatch(/，$/);
  });

  test("stay within the size and lose nothing, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 300 }), fc.integer({ min: 3, max: 40 }), (text, maxTokens) => {
        const chunks = chunkText(text, { maxTokens, overlapTokens: 0 });
        for (const chunk of chunks) expect(countWordsAndMarks(chunk)).toBeLessThanOrEqual(maxTokens);
        expect(chunks.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
      }),
    );
  });

  test.each([8, 64, 500])("a document block holds text at a limit of %d tokens", (limit) => {
    const text = `患者女性，反复发热三周，伴关节肿痛；抗核抗体阳性（ANA 1:640）。${"给予激素治疗后好转，".repeat(20)}`;
    const passage = { id: "1", title: "t", text, source: "s", section: null, year: null, evidenceLevel: null };
    const encode = (words: string): number[] => Array.from(words, (_, index) => index);
    const block = renderDocumentBlock([passage], medicalScale, createTokenCutter({ encode }, limit)).replace(
      /^<document> | <\/document>$/g,
      "",
    );
    expect(block).toBe(text.slice(0, block.length));
    expect(block.length).toBeGreaterThan(Math.min(limit, text.length) / 2);
    expect(block.length).toBeLessThanOrEqual(limit);
  });
});

test("words are found inside a run of characters, in any width and script, beside English ones", async () => {
  const texts = [
    "社区获得性肺炎最常见的病原体是肺炎链球菌，青霉素敏感者首选青霉素Ｇ。",
    "急性心肌梗死应尽早行PCI或rt-PA溶栓治疗。",
    "胃癌根治术后应监测癌胚抗原。",
    "Streptococcus pneumoniae is a common cause of pneumonia.",
  ];
  await writeFile(
    join(root, "zh.jsonl"),
    texts.map((content, id) => JSON.stringify({ id, title: `第${id}节`, content })).join("\n"),
  );
  await indexInto(join(root, "zh"), join(root, "zh.jsonl"));
  const corpus = await openCorpus(join(root, "zh"));
  try {
    const first = async (query: string): Promise<number> =>
      texts.indexOf((await corpus.search([query], 1))[0]?.[0]?.passage.text ?? "");
    for (const [query, wanted] of [
      ["链球菌", 0],
      ["肺炎鏈球菌", 0],
      ["青霉素G", 0],
      ["心肌梗", 1],
      ["溶栓", 1],
      ["rt-PA", 1],
      ["ＰＣＩ", 1],
      ["癌", 2],
      ["pneumonia", 3],
      ["evidence：none 癌胚", 2],
    ] as const)
      expect([query, await first(query)]).toEqual([query, wanted]);
    expect(await first("骨折")).toBe(-1);
  } finally {
    corpus.close();
  }
});

test("what was found is marked as it stands", () => {
  expect(highlight("常見的肺炎鏈球菌感染，ＰＣＩ。", "肺炎链球菌 pci", (word) => `<${word}>`)).toBe(
    "常見的<肺炎鏈球菌>感染，<ＰＣＩ>。",
  );
  expect(highlight("胃癌与肺癌", "癌", (word) => `<${word}>`)).toBe("胃<癌>与肺<癌>");
});

test("are taken into the table without holding the event loop, however many a commit has", async () => {
  const words = randomStream(["commit"]);
  const passages = Array.from({ length: 10_000 }, (_, index) =>
    passage(
      String(index),
      Array.from({ length: 150 }, () => String.fromCodePoint(0x4e00 + words.integer(4000))).join(""),
    ),
  );
  const turns: number[] = [];
  // Work of this thread, whatever others take of the processor.
  const stop = watchEventLoop((milliseconds) => turns.push(milliseconds), 250);
  const writer = await openIndexWriter(join(root, "commit"), literatureCorpus, null);
  await writer.add(passages.map((one) => ({ passage: one })));
  writer.close();
  stop();
  expect(turns).toEqual([]);
});
