import { z } from "zod";
import { LanguageModelConfiguration } from "../../configuration/languageModelSettings.ts";
import { ServiceName } from "../../configuration/services.ts";
import { PathText } from "../../domain/pathText.ts";
import { dialectNames, dialects } from "./dialects.ts";

/** As for a model that judges. */
const { concurrency, retries, timeoutSeconds, price } = LanguageModelConfiguration.shape;

/** How a served model is sampled. Its address and key stand under the service's name in the operator's list. */
export const ServedModelFields = {
  service: ServiceName,
  dialect: z.enum(dialectNames).default("chat"),
  /** Folder with the model's own tokenizer, wanted where token ids go in; null for text only. */
  tokenizer: PathText.nullable().default(null),
  concurrency,
  retries,
  timeoutSeconds,
  /** The field that the server reads the limit of a reply from. */
  limitField: z.enum(["max_completion_tokens", "max_tokens"]).default("max_tokens"),
  price,
};

export const OpenAiSettings = z.strictObject(ServedModelFields).superRefine(wantTokenizer);
export type OpenAiSettings = z.infer<typeof OpenAiSettings>;

/** A model that answers the evaluation's questions too, to stand beside the run's checkpoints. */
export const Baseline = z
  .strictObject({
    /** Stands in the report. */
    name: z.string().regex(/^[A-Za-z0-9][\w .-]{0,59}$/u, 'use up to 60 letters, digits, spaces, ".", "_", "-"'),
    /** As the server names it. */
    model: z.string().min(1).max(200),
    /** Whether it may use the run's tools; else it answers from what it remembers. */
    retrieval: z.boolean().default(true),
    ...ServedModelFields,
  })
  .superRefine(wantTokenizer);
export type Baseline = z.infer<typeof Baseline>;

/** A dialect of token ids wants the model's tokenizer, one of texts wants none. */
export function wantTokenizer(
  { dialect, tokenizer }: { readonly dialect: keyof typeof dialects; readonly tokenizer: string | null },
  context: z.RefinementCtx,
): void {
  if (dialects[dialect].promptIds !== (tokenizer !== null))
    context.addIssue({
      code: "custom",
      path: ["tokenizer"],
      message: dialects[dialect].promptIds
        ? `dialect ${dialect} sends token ids: name the folder with the model's tokenizer`
        : `dialect ${dialect} sends text: leave the tokenizer out`,
    });
}
