import { z } from "zod";

/** Fields of a JSON request, each where its path has it. */
export const Input = z.looseObject({
  model_id: z.string().optional(),
  seq_id: z.number().int().optional(),
  path: z.string().default(""),
  optimizer: z.boolean().default(false),
  model_path: z.string().default(""),
  sampling_session_id: z.string().default(""),
  num_samples: z.number().int().default(1),
  lora_config: z.looseObject({ rank: z.number().int(), seed: z.number().int() }).optional(),
  adam_params: z
    .object({
      learning_rate: z.number(),
      beta1: z.number(),
      beta2: z.number(),
      eps: z.number().positive(),
      weight_decay: z.number(),
      grad_clip_norm: z.number(),
    })
    .optional(),
  prompt: z.object({ chunks: z.array(z.object({ tokens: z.array(z.number().int()) })) }).default({ chunks: [] }),
  sampling_params: z
    .object({
      max_tokens: z.number().int().positive(),
      temperature: z.number(),
      seed: z.number().int(),
      stop: z.array(z.union([z.number(), z.string()])).default([]),
    })
    .optional(),
});
export type Input = z.infer<typeof Input>;
