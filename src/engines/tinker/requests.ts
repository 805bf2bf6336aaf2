import type { AdamSettings, CallOptions, NewModel, RemoteModel, SampledFrom, SamplingSettings } from "./api.ts";
import { lossInputsOf, type Datum, type WireLoss } from "./datum.ts";
import type { Payload } from "./exchange.ts";

/** Bodies of requests, as JSON. */

/** Version that sessions are opened with, since the protocol wants one. */
const sdkVersion = "0.24.1";

const json = (value: unknown): Payload => ({ type: "application/json", bytes: JSON.stringify(value) });
const chunks = (tokens: readonly number[]): object => ({ chunks: [{ type: "encoded_text", tokens }] });

export const newSession = (): Payload =>
  json({ tags: ["med-r3"], user_metadata: {}, sdk_version: sdkVersion, type: "create_session" });

export const heartbeat = (sessionId: string): Payload => json({ session_id: sessionId, type: "session_heartbeat" });

export const newModel = (sessionId: string, { baseModel, rank, seed, index }: NewModel): Payload =>
  json({
    session_id: sessionId,
    model_seq_id: index,
    base_model: baseModel,
    // The output head stays as it is: its adapters are missing in the log-probabilities of some samplers.
    lora_config: { rank, seed, train_attn: true, train_mlp: true, train_unembed: false },
    type: "create_model",
  });

export const unload = ({ modelId }: RemoteModel): Payload => json({ model_id: modelId, type: "unload_model" });

export const pass = (
  field: "forward_input" | "forward_backward_input",
  { modelId }: RemoteModel,
  data: readonly Datum[],
  loss: WireLoss,
  { sequence }: CallOptions,
): Payload =>
  json({
    model_id: modelId,
    seq_id: sequence,
    [field]: {
      data: data.map(wireDatum),
      loss_fn: loss.name,
      ...(loss.settings !== undefined && { loss_fn_config: loss.settings }),
    },
  });

function wireDatum(datum: Datum): object {
  const tensors = [...lossInputsOf(datum)].map(([name, { data, integers }]) => [
    name,
    { data, dtype: integers ? "int64" : "float32", shape: [data.length] },
  ]);
  return { model_input: chunks(datum.inputs), loss_fn_inputs: Object.fromEntries(tensors) };
}

export const optimizerStep = (
  { modelId }: RemoteModel,
  { learningRate, beta1, beta2, epsilon, weightDecay, gradientClip }: AdamSettings,
  { sequence }: CallOptions,
): Payload =>
  json({
    model_id: modelId,
    seq_id: sequence,
    adam_params: {
      learning_rate: learningRate,
      beta1,
      beta2,
      eps: epsilon,
      weight_decay: weightDecay,
      grad_clip_norm: gradientClip,
    },
    type: "optim_step",
  });

export const save = (
  type: "save_weights" | "save_weights_for_sampler",
  { modelId }: RemoteModel,
  path: string,
  { sequence }: CallOptions,
): Payload => json({ model_id: modelId, path, seq_id: sequence, type });

/** The flag is always sent: what is done without it differs from server to server. */
export const load = ({ modelId }: RemoteModel, path: string, optimizer: boolean, { sequence }: CallOptions): Payload =>
  json({ model_id: modelId, path, optimizer, seq_id: sequence, type: "load_weights" });

export const newSampler = (sessionId: string, modelPath: string, index: number): Payload =>
  json({
    session_id: sessionId,
    sampling_session_seq_id: index,
    model_path: modelPath,
    type: "create_sampling_session",
  });

export const sample = (
  from: SampledFrom,
  prompt: readonly number[],
  { samples, maxTokens, temperature, topP, topK, seed, stop }: SamplingSettings,
  { sequence }: CallOptions,
): Payload =>
  json({
    ...("samplingSessionId" in from
      ? { sampling_session_id: from.samplingSessionId, seq_id: sequence }
      : { base_model: from.baseModel }),
    num_samples: samples,
    prompt: chunks(prompt),
    sampling_params: {
      max_tokens: maxTokens,
      temperature,
      seed,
      top_k: topK > 0 ? topK : -1,
      top_p: topP,
      ...(stop.length > 0 && { stop }),
    },
    prompt_logprobs: false,
    topk_prompt_logprobs: 0,
    type: "sample",
  });
