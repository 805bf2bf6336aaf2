import type { Datum, WireLoss } from "./datum.ts";
import type { Dialect } from "./dialects/dialect.ts";

/** How one call is made: with which number, and how a later attempt of it goes on. */
export interface CallOptions {
  /**
   * Number of the call on its model, from 1, each one higher than the last. All attempts of one call have the same
   * number.
   */
  readonly sequence: number;
  /** Id of the request that an earlier attempt of this call got: its result is fetched and nothing is sent again. */
  readonly accepted?: string | undefined;
  /** Hears the request's id as soon as the server has taken it. */
  readonly onAccepted?: ((requestId: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Capabilities {
  /** Names of base models. */
  readonly models: readonly string[];
  /** In tokens; null where the server does not say. */
  readonly maximumTokens: number | null;
}

/** A trainable model on the server. */
export interface RemoteModel {
  readonly sessionId: string;
  readonly modelId: string;
}

export interface NewModel {
  readonly baseModel: string;
  /** Rank of the adapters; 0 trains all weights. */
  readonly rank: number;
  readonly seed: number;
  /** Number of the model in its session, from 0. */
  readonly index: number;
}

export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Limit of the gradient's norm; 0 does not clip. */
  readonly gradientClip: number;
}

export interface SamplingSettings {
  readonly samples: number;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  /** 0 = off. */
  readonly topK: number;
  /** 0 to 2³¹ − 1. */
  readonly seed: number;
  /** Ids or texts, never both. */
  readonly stop: readonly number[] | readonly string[];
}

/** The weights that samples come from. */
export type SampledFrom = { readonly samplingSessionId: string } | { readonly baseModel: string };

/** The result of a pass over data. */
export interface LossOutput {
  /** In nats, one for each target of each datum. */
  readonly logProbabilities: readonly (readonly number[])[];
  /** The loss of each target, where the server tells it. */
  readonly elementLosses: readonly (readonly number[])[] | null;
  /** The server's own figures. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** One sampled sequence, without its prompt. */
export interface Sample {
  readonly tokens: readonly number[];
  /** In nats, one a token. */
  readonly logProbabilities: readonly number[];
  readonly stopReason: "stop" | "length" | null;
}

/**
 * A server that speaks the Tinker protocol. Calls throw the errors of errors.ts; those that could have taken effect twice are never
 * sent again unless the dialect says that the server recognises equal requests.
 */
export interface TinkerClient {
  readonly shown: string;
  readonly dialect: Dialect;
  capabilities(signal?: AbortSignal): Promise<Capabilities>;
  openSession(signal?: AbortSignal): Promise<string>;
  heartbeat(sessionId: string, signal?: AbortSignal): Promise<void>;
  createModel(sessionId: string, model: NewModel, signal?: AbortSignal): Promise<RemoteModel>;
  unload(model: RemoteModel, signal?: AbortSignal): Promise<void>;
  /** Log-probabilities of the targets, without a gradient. */
  forward(model: RemoteModel, data: readonly Datum[], options: CallOptions): Promise<LossOutput>;
  /** Adds to the model's gradient. */
  forwardBackward(
    model: RemoteModel,
    data: readonly Datum[],
    loss: WireLoss,
    options: CallOptions,
  ): Promise<LossOutput>;
  /** Takes an AdamW step and clears the gradient; the server's own figures by name. */
  optimizerStep(
    model: RemoteModel,
    settings: AdamSettings,
    options: CallOptions,
  ): Promise<Readonly<Record<string, number>>>;
  /** Writes weights and optimiser state under a name; returns where. */
  saveState(model: RemoteModel, name: string, options: CallOptions): Promise<string>;
  /** Loads a state into a new model that has learnt nothing yet: some servers accept it only there. */
  loadState(model: RemoteModel, uri: string, optimizer: boolean, options: CallOptions): Promise<void>;
  /** Writes weights to sample from under a name; returns where. */
  saveForSampling(model: RemoteModel, name: string, options: CallOptions): Promise<string>;
  /** The id of a sampling session on saved weights; `index` of the sessions' samplers, from 0. */
  openSampler(sessionId: string, uri: string, index: number, signal?: AbortSignal): Promise<string>;
  sample(
    from: SampledFrom,
    prompt: readonly number[],
    settings: SamplingSettings,
    options: CallOptions,
  ): Promise<readonly Sample[]>;
}
