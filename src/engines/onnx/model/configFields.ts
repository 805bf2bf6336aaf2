/** What a field of config.json may hold so that it changes nothing that this engine computes. */
type Harmless = (value: unknown) => boolean;

const anything: Harmless = () => true;
const only =
  (...allowed: readonly unknown[]): Harmless =>
  (value) =>
    allowed.includes(value);
const empty: Harmless = (value) => typeof value === "object" && value !== null && Object.keys(value).length === 0;

/** Bookkeeping, and what only training, generation with other settings, or other kinds of heads read. */
const bookkeeping = [
  "torch_dtype",
  "dtype",
  "transformers_version",
  "transformers.js_config",
  "is_llama_config",
  "unsloth_version",
  "unsloth_fixed",
  "tokenizer_class",
  "name_or_path",
  "model_name",
  "initializer_range",
  "use_cache",
  "cache_implementation",
  "pretraining_tp",
  "gradient_checkpointing",
  "return_dict",
  "output_hidden_states",
  "output_attentions",
  "torchscript",
  "use_bfloat16",
  "use_return_dict",
  "tf_legacy_loss",
  "is_decoder",
  "chunk_size_feed_forward",
  "finetuning_task",
  "id2label",
  "label2id",
  "num_labels",
  "task_specific_params",
  "problem_type",
  "attn_implementation",
  "bos_token_id",
  "pad_token_id",
  "sep_token_id",
  "decoder_start_token_id",
  "max_sequence_length",
  "max_window_layers",
  // Sampling as the publisher advises: a run's own settings replace it.
  "max_length",
  "do_sample",
  "early_stopping",
  "num_beams",
  "num_beam_groups",
  "diversity_penalty",
  "temperature",
  "top_k",
  "top_p",
  "typical_p",
  "repetition_penalty",
  "length_penalty",
  "num_return_sequences",
  "output_scores",
  "return_dict_in_generate",
  "remove_invalid_values",
] as const;

/** Fields with one accepted value, the one that the engine implements. */
const neutral: Readonly<Record<string, Harmless>> = {
  partial_rotary_factor: only(1),
  rope_interleaved: only(false),
  attention_dropout: only(0),
  hidden_dropout: only(0),
  resid_pdrop: only(0),
  embd_pdrop: only(0),
  is_encoder_decoder: only(false),
  add_cross_attention: only(false),
  tie_encoder_decoder: only(false),
  pruned_heads: empty,
  min_length: only(0),
  no_repeat_ngram_size: only(0),
  encoder_no_repeat_ngram_size: only(0),
};

const harmless: ReadonlyMap<string, Harmless> = new Map([
  ...bookkeeping.map((name) => [name, anything] as const),
  ...Object.entries(neutral),
]);

/**
 * Refuses every field of config.json that is neither read nor known to change nothing: a model computed without a word
 * otherwise than its publisher meant it gives wrong numbers. Fields that are null, and private ones (`_name_or_path`), are left alone.
 */
export function refuseUnknownFields(
  config: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
  source: string,
): void {
  const strange = Object.entries(config).filter(
    ([name, value]) =>
      value !== null && !name.startsWith("_") && !known.has(name) && harmless.get(name)?.(value) !== true,
  );
  if (strange.length === 0) return;
  const listed = strange.map(([name, value]) => `${name} (${shorten(JSON.stringify(value))})`).join(", ");
  throw new Error(
    `${source}: not supported: ${listed}. The engine does not know these settings and would compute something else than the model's publisher; remove one only when it changes nothing.`,
  );
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
