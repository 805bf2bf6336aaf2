import { z } from "zod";
import { idsOf } from "./tokenizerFiles.ts";
import type { TokenizerFiles } from "./tokenizerFiles.ts";

const SpecialPiece = z.object({ SpecialToken: z.object({ id: z.string() }) });
const TextPiece = z.object({ Sequence: z.object({ id: z.string() }) });
const Template = z.looseObject({
  type: z.literal("TemplateProcessing"),
  single: z.array(z.union([SpecialPiece, TextPiece])),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(z.number().int().min(0)) })),
});
const Sequence = z.looseObject({ type: z.literal("Sequence"), processors: z.array(z.unknown()) });
/** Changes offsets only. */
const ByteLevel = z.looseObject({ type: z.literal("ByteLevel") });

/**
 * Ids that the tokenizer puts before a text, as transformers does (5.23): its beginning-of-text token where tokenizer_config.json
 * says add_bos_token, none where it says not, else what tokenizer.json's post-processor adds. Throws for a tokenizer that adds
 * anything behind a text, since a prompt goes on.
 */
export function beginningOfText({ contents, configuration, named }: TokenizerFiles, folder: string): number[] {
  const { add_bos_token: before, add_eos_token: behind } = configuration;
  if (behind === true)
    throw new Error(
      `${folder}/tokenizer_config.json: add_eos_token is not supported: a prompt would end before its answer; set it to false`,
    );
  if ((before ?? behind ?? null) === null)
    return addedByPostProcessor(contents.post_processor, `${folder}/tokenizer.json`);
  const token = named.get("bos_token");
  if (before !== true || token === undefined) return [];
  const id = idsOf(contents).get(token);
  if (id === undefined)
    throw new Error(`${folder}/tokenizer_config.json: bos_token ${JSON.stringify(token)} is not in tokenizer.json`);
  return [id];
}

function addedByPostProcessor(processor: unknown, path: string): number[] {
  if (processor === null || ByteLevel.safeParse(processor).success) return [];
  const sequence = Sequence.safeParse(processor);
  if (sequence.success) return sequence.data.processors.flatMap((one) => addedByPostProcessor(one, path));
  const template = Template.safeParse(processor);
  if (!template.success)
    throw new Error(
      `${path}: this kind of post_processor is not supported; supported are TemplateProcessing, ByteLevel, Sequence`,
    );
  const { single, special_tokens: special } = template.data;
  const text = single.findIndex((piece) => "Sequence" in piece);
  if (text !== single.length - 1)
    throw new Error(
      `${path}: the post_processor adds tokens behind a text, which is not supported: a prompt would end before its answer`,
    );
  return single
    .slice(0, text)
    .flatMap((piece) => ("SpecialToken" in piece ? (special[piece.SpecialToken.id]?.ids ?? []) : []));
}
