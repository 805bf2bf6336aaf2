import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CorpusError } from "../corpusError.ts";

/** config.json of an encoder of the BERT family. */
const EncoderJson = z.object({
  model_type: z.enum(["bert", "roberta", "xlm-roberta"]),
  hidden_size: z.number().int().min(1),
  num_hidden_layers: z.number().int().min(1),
  num_attention_heads: z.number().int().min(1),
  max_position_embeddings: z.number().int().min(1),
  layer_norm_eps: z.number().positive().default(1e-12),
  hidden_act: z.literal("gelu").default("gelu"),
  pad_token_id: z.number().int().min(0).default(0),
});

const PoolingJson = z.object({
  pooling_mode_cls_token: z.boolean().default(false),
  pooling_mode_mean_tokens: z.boolean().default(false),
  pooling_mode: z.string().optional(),
});
const ModulesJson = z.array(z.object({ type: z.string() }));
const SentenceJson = z.object({ max_seq_length: z.number().int().min(2).nullish() });

export type Pooling = "mean" | "first";

/** What an embedding needs to know of an encoder's folder. */
export interface EncoderConfig {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly normEpsilon: number;
  readonly padTokenId: number;
  /** Added to a token's place to find its position embedding: RoBERTa's begin behind the padding's. */
  readonly positionOffset: number;
  /** Longest text in tokens, special ones included; longer texts are cut. */
  readonly maxTokens: number;
  /** Mean over the text's tokens, or the first token's ([CLS]). */
  readonly pooling: Pooling;
  /** Vectors of length 1. */
  readonly normalise: boolean;
}

/** Reads config.json and what sentence-transformers keeps beside it; without the latter: [CLS], not normalised. */
export async function readEncoderConfig(folder: string): Promise<EncoderConfig> {
  const path = join(folder, "config.json");
  if ((await stat(path).catch(() => null)) === null) throw new CorpusError(`${folder} holds no config.json; give a Hugging Face folder of an encoder of the BERT family`);
  const parsed = EncoderJson.safeParse(await readJson(path));
  if (!parsed.success) throw new CorpusError(`${path}: not an encoder of the BERT family: ${z.prettifyError(parsed.error)}`);
  const model = parsed.data;
  const positionOffset = model.model_type === "bert" ? 0 : model.pad_token_id + 1;
  const modules = ModulesJson.parse((await readOptional(join(folder, "modules.json"))) ?? []);
  const pooling = await readOptional(join(folder, "1_Pooling", "config.json"));
  const sentence = SentenceJson.parse((await readOptional(join(folder, "sentence_bert_config.json"))) ?? {});
  const positions = model.max_position_embeddings - positionOffset;
  return {
    hiddenSize: model.hidden_size,
    layers: model.num_hidden_layers,
    heads: model.num_attention_heads,
    normEpsilon: model.layer_norm_eps,
    padTokenId: model.pad_token_id,
    positionOffset,
    maxTokens: Math.min(positions, sentence.max_seq_length ?? positions),
    pooling: pooling === null ? "first" : readPooling(PoolingJson.parse(pooling), folder),
    normalise: modules.some(({ type }) => type.endsWith("Normalize")),
  };
}

function readPooling(json: z.infer<typeof PoolingJson>, folder: string): Pooling {
  if (json.pooling_mode_mean_tokens || json.pooling_mode === "mean") return "mean";
  if (json.pooling_mode_cls_token || json.pooling_mode === "cls") return "first";
  throw new CorpusError(`${folder}/1_Pooling/config.json: only mean and CLS pooling are supported`);
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

async function readOptional(path: string): Promise<unknown> {
  return (await stat(path).catch(() => null)) === null ? null : readJson(path);
}
