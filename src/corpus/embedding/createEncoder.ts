import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomStream } from "../../domain/seed.ts";
import { layOutSafetensors } from "../../onnx/safetensors.ts";

/** Shape of a new BERT encoder. */
export interface NewEncoder {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly maximumPositions: number;
  readonly pooling: "mean" | "cls";
  /** Words of the vocabulary; letters and their continuations are added, so that nothing is unknown but rare signs. */
  readonly words: readonly string[];
}

const specialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/**
 * Writes a sentence-transformers folder of a BERT encoder with random weights that depend on the seed alone: it
 * computes what a trained one of its shape computes, for tests and benches where no model can be had.
 */
export async function createEncoderFolder(folder: string, encoder: NewEncoder, seed: string): Promise<void> {
  await mkdir(join(folder, "1_Pooling"), { recursive: true });
  const vocabulary = vocabularyOf(encoder.words);
  const json = async (name: string, contents: unknown): Promise<void> =>
    writeFile(join(folder, name), `${JSON.stringify(contents, null, 1)}\n`);
  await json("config.json", {
    architectures: ["BertModel"],
    model_type: "bert",
    vocab_size: vocabulary.length,
    hidden_size: encoder.hiddenSize,
    num_hidden_layers: encoder.layers,
    num_attention_heads: encoder.heads,
    intermediate_size: encoder.intermediateSize,
    hidden_act: "gelu",
    max_position_embeddings: encoder.maximumPositions,
    type_vocab_size: 2,
    layer_norm_eps: 1e-12,
    pad_token_id: 0,
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    torch_dtype: "float32",
  });
  await json("tokenizer.json", tokenizerJson(vocabulary));
  await json("tokenizer_config.json", {
    tokenizer_class: "BertTokenizer",
    do_lower_case: true,
    unk_token: "[UNK]",
    sep_token: "[SEP]",
    pad_token: "[PAD]",
    cls_token: "[CLS]",
    mask_token: "[MASK]",
    model_max_length: encoder.maximumPositions,
  });
  await writeFile(join(folder, "vocab.txt"), `${vocabulary.join("\n")}\n`);
  await json("modules.json", [
    { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
    { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
    { idx: 2, name: "2", path: "2_Normalize", type: "sentence_transformers.models.Normalize" },
  ]);
  await json("1_Pooling/config.json", {
    word_embedding_dimension: encoder.hiddenSize,
    pooling_mode_cls_token: encoder.pooling === "cls",
    pooling_mode_mean_tokens: encoder.pooling === "mean",
  });
  await json("sentence_bert_config.json", { max_seq_length: encoder.maximumPositions, do_lower_case: false });
  await writeWeights(join(folder, "model.safetensors"), encoder, vocabulary.length, seed);
}

function vocabularyOf(words: readonly string[]): string[] {
  const signs = Array.from("abcdefghijklmnopqrstuvwxyz0123456789");
  const marks = Array.from(".,;:!?()[]%<>=+-/'\"|&*#");
  return [...new Set([...specialTokens, ...signs, ...signs.map((sign) => `##${sign}`), ...marks, ...words])];
}

function tokenizerJson(vocabulary: readonly string[]): unknown {
  const id = (token: string): number => vocabulary.indexOf(token);
  const special = (token: string): unknown => ({ id: token, ids: [id(token)], tokens: [token] });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content) => ({
      id: id(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "[CLS]", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "[SEP]", type_id: 0 } },
      ],
      pair: [
        { SpecialToken: { id: "[CLS]", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "[SEP]", type_id: 0 } },
        { Sequence: { id: "B", type_id: 1 } },
        { SpecialToken: { id: "[SEP]", type_id: 1 } },
      ],
      special_tokens: { "[CLS]": special("[CLS]"), "[SEP]": special("[SEP]") },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, index) => [token, index])),
    },
  };
}

async function writeWeights(path: string, encoder: NewEncoder, vocabularySize: number, seed: string): Promise<void> {
  const tensors = tensorShapes(encoder, vocabularySize);
  const layout = layOutSafetensors(tensors, { format: "pt" });
  const file = await open(path, "w");
  try {
    await file.write(layout.header, 0, layout.header.length, 0);
    for (const { name, dims } of tensors) {
      const random = randomStream(["encoder", seed, name]);
      const isNorm = name.includes("LayerNorm.weight");
      const size = dims.reduce((product, length) => product * length, 1);
      const values = Float32Array.from(
        { length: size },
        () => (isNorm ? 1 : 0) + random.normal() * (dims.length === 1 ? 0.05 : 0.08),
      );
      await file.write(new Uint8Array(values.buffer), 0, values.byteLength, layout.starts.get(name));
    }
  } finally {
    await file.close();
  }
}

function tensorShapes(
  { hiddenSize, intermediateSize, layers, maximumPositions }: NewEncoder,
  vocabularySize: number,
): { name: string; dims: number[] }[] {
  const linear = (name: string, out: number, from: number): { name: string; dims: number[] }[] => [
    { name: `${name}.weight`, dims: [out, from] },
    { name: `${name}.bias`, dims: [out] },
  ];
  const norm = (name: string): { name: string; dims: number[] }[] =>
    ["weight", "bias"].map((part) => ({ name: `${name}.LayerNorm.${part}`, dims: [hiddenSize] }));
  return [
    { name: "embeddings.word_embeddings.weight", dims: [vocabularySize, hiddenSize] },
    { name: "embeddings.position_embeddings.weight", dims: [maximumPositions, hiddenSize] },
    { name: "embeddings.token_type_embeddings.weight", dims: [2, hiddenSize] },
    ...norm("embeddings"),
    ...Array.from({ length: layers }, (_, index) => `encoder.layer.${index}`).flatMap((layer) => [
      ...["query", "key", "value"].flatMap((part) => linear(`${layer}.attention.self.${part}`, hiddenSize, hiddenSize)),
      ...linear(`${layer}.attention.output.dense`, hiddenSize, hiddenSize),
      ...norm(`${layer}.attention.output`),
      ...linear(`${layer}.intermediate.dense`, intermediateSize, hiddenSize),
      ...linear(`${layer}.output.dense`, hiddenSize, intermediateSize),
      ...norm(`${layer}.output`),
    ]),
    ...linear("pooler.dense", hiddenSize, hiddenSize),
    // A relevance head, which encoders of single texts pass over.
    ...linear("classifier", 1, hiddenSize),
  ];
}
