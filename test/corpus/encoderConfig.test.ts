import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readEncoderConfig } from "../../src/corpus/embedding/encoderConfig.ts";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** As BERT encoders are published. */
const bert = {
  _name_or_path: "x",
  architectures: ["BertModel"],
  attention_probs_dropout_prob: 0.1,
  classifier_dropout: null,
  hidden_act: "gelu",
  hidden_dropout_prob: 0.1,
  hidden_size: 12,
  initializer_range: 0.02,
  intermediate_size: 24,
  layer_norm_eps: 1e-12,
  max_position_embeddings: 64,
  model_type: "bert",
  num_attention_heads: 2,
  num_hidden_layers: 1,
  pad_token_id: 0,
  position_embedding_type: "absolute",
  torch_dtype: "float32",
  transformers_version: "4.36.1",
  type_vocab_size: 2,
  use_cache: true,
  vocab_size: 99,
};
const mean = {
  word_embedding_dimension: 12,
  pooling_mode_cls_token: false,
  pooling_mode_mean_tokens: true,
  pooling_mode_max_tokens: false,
  include_prompt: true,
};
const modules = ["Transformer", "Pooling", "Normalize"].map((name, idx) => ({
  idx,
  name: String(idx),
  path: "",
  type: `sentence_transformers.models.${name}`,
}));

async function read(files: Readonly<Record<string, unknown>>): ReturnType<typeof readEncoderConfig> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-encoder-config-"));
  folders.push(folder);
  for (const [name, contents] of Object.entries({
    "config.json": bert,
    "1_Pooling/config.json": mean,
    "modules.json": modules,
    ...files,
  })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), JSON.stringify(contents));
  }
  return readEncoderConfig(folder);
}

describe("an encoder's folder", () => {
  test("as published is read", async () => {
    expect(
      await read({
        "config_sentence_transformers.json": { prompts: {}, default_prompt_name: null },
        "sentence_bert_config.json": { max_seq_length: 32, do_lower_case: false },
      }),
    ).toMatchObject({ pooling: "mean", normalise: true, maxTokens: 32 });
  });

  test.each([
    [{ "config.json": { ...bert, position_embedding_type: "relative_key" } }, /position_embedding_type/],
    [{ "config.json": { ...bert, hidden_act: "relu" } }, /hidden_act/],
    [{ "config.json": { ...bert, is_decoder: true } }, /is_decoder/],
    [{ "config.json": { ...bert, quantization_config: { bits: 8 } } }, /quantization_config/],
    [{ "config.json": { ...bert, embedding_size: 6 } }, /embedding_size \(6\)/],
    [
      { "1_Pooling/config.json": { ...mean, pooling_mode_cls_token: true } },
      /pooling_mode_cls_token with pooling_mode_mean_tokens/,
    ],
    [
      { "1_Pooling/config.json": { ...mean, pooling_mode_mean_tokens: false, pooling_mode_lasttoken: true } },
      /pooling_mode_lasttoken/,
    ],
    [{ "modules.json": [...modules, { type: "sentence_transformers.models.Dense" }] }, /Dense is not supported/],
    [{ "sentence_bert_config.json": { max_seq_length: 32, do_lower_case: true } }, /do_lower_case/],
    [
      { "config_sentence_transformers.json": { prompts: { query: "query: " }, default_prompt_name: "query" } },
      /default_prompt_name/,
    ],
  ])("with what would not be honoured is refused by name: %#", async (files, message) => {
    await expect(read(files)).rejects.toThrow(message);
  });
});
