import { z } from "zod";

/** A server's answers, as far as they are looked at. */

export const Submitted = z
  .looseObject({ request_id: z.coerce.string().optional(), future_id: z.coerce.string().optional() })
  .transform(({ request_id, future_id }) => request_id ?? future_id)
  .pipe(z.string().min(1));

export const CapabilitiesReply = z.looseObject({
  supported_models: z.array(z.looseObject({ model_name: z.string().nullish() })),
  max_context_length: z.number().int().positive().nullish(),
});

export const SessionReply = z.looseObject({ session_id: z.string().min(1), error_message: z.string().nullish() });
export const SamplerReply = z.looseObject({ sampling_session_id: z.string().min(1) });
export const CreatedModel = z.looseObject({ model_id: z.string().min(1), request_id: z.coerce.string().min(1) });

const Numbers = z.array(z.number());
const Tensor = z.union([z.looseObject({ data: Numbers }).transform(({ data }) => data), Numbers]);

/** Of forward and forward–backward, one entry per datum. */
export const LossResult = z.looseObject({
  loss_fn_outputs: z.array(z.record(z.string(), z.unknown())),
  metrics: z.record(z.string(), z.unknown()).nullish(),
});
export const LossTensor = Tensor;

export const StepResult = z.looseObject({ metrics: z.record(z.string(), z.unknown()).nullish() });
export const SavedResult = z.looseObject({
  path: z.string().min(1).nullish(),
  sampling_session_id: z.string().min(1).nullish(),
});

export const SampleResult = z.looseObject({
  sequences: z.array(
    z.looseObject({
      tokens: z.array(z.number().int().min(0)),
      logprobs: z.array(z.number().nullable()).nullish(),
      stop_reason: z.enum(["stop", "length"]).nullish().catch(null),
    }),
  ),
  prompt_logprobs: z.array(z.number().nullable()).nullish(),
});
export type SampleResult = z.infer<typeof SampleResult>;
export const Anything = z.unknown();
