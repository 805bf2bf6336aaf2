import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../domain/messageOf.ts";
import { readJsonFile } from "../../files/jsonFile.ts";
import { CorpusError } from "../corpusError.ts";

/** Fields that are read of the config.json of a BERT-like encoder. */
const encoderFields = {
  model_type: z.enum(["bert", "roberta", "xlm-roberta"]),
  hidden_size: z.number().int().min(1),
  num_hidden_layers: z.number().int().min(1),
  num_attention_heads: z.number().int().min(1),
  max_position_embeddings: z.number().int().min(1),
  layer_norm_eps: z.number().positive().default(1e-12),
  hidden_act: z.literal("gelu").default("gelu"),
  pad_token_id: z.number().int().min(0).default(0),
  position_embedding_type: z.literal("absolute").default("absolute"),
  is_decoder: z.literal(false).default(false),
  add_cross_attention: z.literal(false).default(false),
  is_encoder_decoder: z.literal(false).default(false),
};
const EncoderJson = z.looseObject(encoderFields);

/** Fields that change nothing of what is computed: bookkeeping, training, sizes that the weights have anyway. */
const harmless: ReadonlySet<string> = new Set([
  "architectures",
  "attention_probs_dropout_prob",
  "hidden_dropout_prob",
  "classifier_dropout",
  "initializer_range",
  "intermediate_size",
  "vocab_size",
  "type_vocab_size",
  "torch_dtype",
  "dtype",
  "transformers_version",
  "use_cache",
  "bos_token_id",
  "eos_token_id",
  "sep_token_id",
  "cls_token_id",
  "gradient_checkpointing",
  "id2label",
  "label2id",
  "num_labels",
  "problem_type",
  "output_past",
  "directionality",
  "sentence_transformers",
  "pooler_fc_size",
  "pooler_num_attention_heads",
  "pooler_num_fc_layers",
  "pooler_size_per_head",
  "pooler_type",
  "output_attentions",
  "output_hidden_states",
  "return_dict",
  "tie_word_embeddings",
  "finetuning_task",
  "name_or_path",
  "tokenizer_class",
  "model_name",
  "chunk_size_feed_forward",
  "attn_implementation",
  "transformers.js_config",
  "task_specific_params",
]);

const PoolingJson = z.looseObject({ pooling_mode: z.string().optional() });
const ModulesJson = z.array(z.object({ type: z.string() }));
const SentenceJson = z.object({
  max_seq_length: z.number().int().min(2).nullish(),
  do_lower_case: z.literal(false).nullish(),
});
/** A prompt that is put before every text unless another is asked for. */
const PromptsJson = z.object({ default_prompt_name: z.null().optional() });

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
  if ((await stat(path).catch(() => null)) === null)
    throw new CorpusError(
      `${folder} holds no config.json; give a Hugging Face folder of an encoder of the BERT family`,
    );
  const parsed = EncoderJson.safeParse(await readJson(path));
  if (!parsed.success)
    throw new CorpusError(`${path}: not an encoder of the BERT family: ${z.prettifyError(parsed.error)}`);
  const model = parsed.data;
  const strange = Object.entries(model).filter(
    ([name, value]) => value !== null && !(name in encoderFields) && !harmless.has(name) && !name.startsWith("_"),
  );
  if (strange.length > 0)
    throw new CorpusError(
      `${path}: not supported: ${strange.map(([name, value]) => `${name} (${JSON.stringify(value).slice(0, 60)})`).join(", ")}; vectors would not be the model's own`,
    );
  const positionOffset = model.model_type === "bert" ? 0 : model.pad_token_id + 1;
  const modules = parse(
    ModulesJson,
    (await readOptional(join(folder, "modules.json"))) ?? [],
    `${folder}/modules.json`,
  );
  const other = modules.find(({ type }) => !/\.(Transformer|Pooling|Normalize)$/.test(type));
  if (other !== undefined)
    throw new CorpusError(
      `${folder}/modules.json: ${other.type} is not supported; supported are Transformer, Pooling and Normalize`,
    );
  parse(
    PromptsJson,
    (await readOptional(join(folder, "config_sentence_transformers.json"))) ?? {},
    `${folder}/config_sentence_transformers.json`,
  );
  const pooling = await readOptional(join(folder, "1_Pooling", "config.json"));
  const sentence = parse(
    SentenceJson,
    (await readOptional(join(folder, "sentence_bert_config.json"))) ?? {},
    `${folder}/sentence_bert_config.json`,
  );
  const positions = model.max_position_embeddings - positionOffset;
  return {
    hiddenSize: model.hidden_size,
    layers: model.num_hidden_layers,
    heads: model.num_attention_heads,
    normEpsilon: model.layer_norm_eps,
    padTokenId: model.pad_token_id,
    positionOffset,
    maxTokens: Math.min(positions, sentence.max_seq_length ?? positions),
    pooling:
      pooling === null ? "first" : readPooling(parse(PoolingJson, pooling, `${folder}/1_Pooling/config.json`), folder),
    normalise: modules.some(({ type }) => type.endsWith("Normalize")),
  };
}

/** Refuses several kinds of pooling at once, which would be joined to a longer vector. */
function readPooling(json: z.infer<typeof PoolingJson>, folder: string): Pooling {
  const flags = Object.entries(json)
    .filter(([name, value]) => name.startsWith("pooling_mode_") && value === true)
    .map(([name]) => name);
  const modes = [...flags, ...(json.pooling_mode === undefined ? [] : [json.pooling_mode])];
  const [mode] = modes;
  if (modes.length === 1 && (mode === "pooling_mode_mean_tokens" || mode === "mean")) return "mean";
  if (modes.length === 1 && (mode === "pooling_mode_cls_token" || mode === "cls")) return "first";
  throw new CorpusError(
    `${folder}/1_Pooling/config.json: ${modes.join(" with ") || "no pooling"} is not supported; supported is mean or CLS pooling alone`,
  );
}

function parse<T>(schema: z.ZodType<T>, contents: unknown, path: string): T {
  const parsed = schema.safeParse(contents);
  if (!parsed.success) throw new CorpusError(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Throws CorpusError, which names the file, for what is no file or no JSON. */
async function readJson(path: string): Promise<unknown> {
  return readJsonFile(path).catch((error: unknown) => {
    throw new CorpusError(messageOf(error), { cause: error });
  });
}

/** Null for a file that is not there. */
export async function readOptional(path: string): Promise<unknown> {
  return (await stat(path).catch(() => null)) === null ? null : readJson(path);
}
