import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJsonSettings } from "../files/jsonFile.ts";

const tokenId = z.number().int().min(0);
const WithEnds = z.looseObject({ eos_token_id: z.union([tokenId, z.array(tokenId)]).nullish() });

/** What a publisher's generation_config.json may say beside the ends: advice on sampling, which a run's own settings replace, and bookkeeping. */
const advice: ReadonlySet<string> = new Set([
  "eos_token_id",
  "bos_token_id",
  "pad_token_id",
  "decoder_start_token_id",
  "transformers_version",
  "trust_remote_code",
  "use_cache",
  "cache_implementation",
  "cache_config",
  "return_legacy_cache",
  "do_sample",
  "temperature",
  "top_k",
  "top_p",
  "min_p",
  "typical_p",
  "top_h",
  "epsilon_cutoff",
  "eta_cutoff",
  "repetition_penalty",
  "num_beams",
  "num_beam_groups",
  "diversity_penalty",
  "length_penalty",
  "early_stopping",
  "max_length",
  "max_new_tokens",
  "max_time",
  "num_return_sequences",
  "renormalize_logits",
  "remove_invalid_values",
  "output_attentions",
  "output_hidden_states",
  "output_scores",
  "output_logits",
  "return_dict_in_generate",
  "prefill_chunk_size",
  "assistant_early_exit",
  "num_assistant_tokens",
  "num_assistant_tokens_schedule",
  "assistant_confidence_threshold",
  "prompt_lookup_num_tokens",
  "max_matching_ngram_size",
  "is_assistant",
  "low_memory",
  "penalty_alpha",
  "compile_config",
  "disable_compile",
  "chat_format",
  "max_window_size",
  "assistant_lookbehind",
  "target_lookbehind",
  "token_healing",
]);

/** Settings that would change what may be sampled, with the value that means "off". */
const off: Readonly<Record<string, unknown>> = {
  min_length: 0,
  no_repeat_ngram_size: 0,
  encoder_no_repeat_ngram_size: 0,
  encoder_repetition_penalty: 1,
  guidance_scale: 1,
};

/**
 * Ids that end a response: generation_config.json's, else config.json's, as in transformers; none where neither names any.
 * Throws for settings of generation_config.json that change what may be sampled (suppress_tokens and their like): they are not applied.
 */
export async function configuredEnds(folder: string): Promise<number[]> {
  for (const name of ["generation_config.json", "config.json"]) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    const parsed = WithEnds.safeParse(await readJsonSettings(path));
    if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
    if (name === "generation_config.json") refuseProcessors(parsed.data, path);
    const { eos_token_id: ends } = parsed.data;
    if (ends !== undefined && ends !== null) return [ends].flat();
  }
  return [];
}

function refuseProcessors(settings: Readonly<Record<string, unknown>>, path: string): void {
  const strange = Object.entries(settings).filter(([name, value]) => {
    const nothing =
      value === null || value === false || value === off[name] || (Array.isArray(value) && value.length === 0);
    return !nothing && !name.startsWith("_") && !advice.has(name);
  });
  if (strange.length === 0) return;
  throw new Error(
    `${path}: not supported: ${strange.map(([name, value]) => `${name} (${JSON.stringify(value).slice(0, 60)})`).join(", ")}. The engine samples from the model's own distribution; remove what changes it, or is not meant for sampling.`,
  );
}
