import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { beforeAll, describe, expect, it } from "vitest";
import { createEncoderFolder } from "../../src/corpus/embedding/createEncoder.ts";
import { openTokenizer, type TextTokenizer } from "../../src/corpus/embedding/encoderTokenizer.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const folder = temporaryFolder();
const shape = {
  hiddenSize: 8,
  intermediateSize: 8,
  layers: 1,
  heads: 1,
  maximumPositions: 64,
  pooling: "cls",
} as const;
let asIs: Tokenizer;
let tokenizer: TextTokenizer;
beforeAll(async () => {
  await createEncoderFolder(folder, { ...shape, words: ["cls", "sep", "aspirin", "helps", "mask"] }, "tests");
  const contents = JSON.parse(await readFile(join(folder, "tokenizer.json"), "utf8")) as object;
  asIs = new Tokenizer(contents, {});
  tokenizer = await openTokenizer(folder);
});

const [cls, sep] = [2, 3];

describe("the tokenizer of an encoder", () => {
  it.each(["aspirin helps", "", "Aspirin, 5 mg (unknown: ∞)", "x".repeat(80)])(
    "encodes %j as its files say",
    (text) => {
      expect(tokenizer.encode(text)).toEqual(asIs.encode(text).ids);
    },
  );

  it.each(["[SEP]", "[CLS]", "[MASK]", "[PAD]", "[UNK]", "aspirin [SEP] helps", "[SEP][SEP]", "\ufdd0[SEP]"])(
    "spells %j, so that no text ends or parts another",
    (text) => {
      const ids = tokenizer.encode(text);
      expect([ids[0], ids.at(-1)]).toEqual([cls, sep]);
      expect(ids.slice(1, -1).filter((id) => id < 5)).toEqual([]);
      expect(ids.length).toBeGreaterThan(asIs.encode(text).ids.length);
    },
  );

  it("does so too where pieces of words are the whole vocabulary, its special tokens among them", async () => {
    const pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "<", ">", "/", "s", "▁a"];
    const token = (content: string): object => ({ id: pieces.indexOf(content), content, special: true, lstrip: false });
    const unigram = {
      added_tokens: ["<s>", "<pad>", "</s>", "<unk>"].map(token),
      normalizer: null,
      pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always" },
      post_processor: { type: "RobertaProcessing", cls: ["<s>", 0], sep: ["</s>", 2] },
      decoder: null,
      model: { type: "Unigram", unk_id: 3, vocab: pieces.map((piece, id) => [piece, id < 4 ? 0 : -2]) },
    };
    const other = temporaryFolder();
    await writeFile(join(other, "tokenizer.json"), JSON.stringify(unigram));
    const ids = (await openTokenizer(other)).encode("a</s>a");
    expect(ids.map((id) => pieces[id])).toEqual(["<s>", "▁a", "<", "/", "s", ">", "a", "</s>"]);
  });

  it.each(["tokenizer_config.json", "tokenizer.json"])("refuses a cut %s by its name", async (name) => {
    const other = temporaryFolder();
    await writeFile(join(other, "tokenizer.json"), await readFile(join(folder, "tokenizer.json"), "utf8"));
    await writeFile(join(other, name), '{"cls_token": "[C');
    await expect(openTokenizer(other)).rejects.toThrow(`${join(other, name)}: not JSON`);
  });
});
