import type { StopReason, Segment } from "../domain/trajectory.ts";

/** A saved policy as its engine names it: opaque text to everything else, without secrets. */
export type CheckpointRef = string;

/** What was saved, and the state hash that it has. */
export interface SavedPolicy {
  readonly ref: CheckpointRef;
  readonly stateHash: string;
}

/** A saved policy is not what was saved; the message says where and what is wrong. */
export class DamagedCheckpointError extends Error {
  override readonly name = "DamagedCheckpointError";
}

/**
 * The one port for policies: sample, forward–backward, optimiser step, save, load, log-probabilities.
 * Stages, rewards and workflows know nothing else of what an engine has opened (see engines/engine.ts).
 */
export interface Policy extends Sampler {
  /** Engine version, provider, threads: two policies with equal fingerprints give bitwise equal results. */
  readonly fingerprint: string;
  /** Number of optimiser steps taken since the weights were made. */
  readonly optimizerSteps: number;
  /** Whether equal fingerprints and equal history promise equal state hashes. */
  readonly replaysBitwise: boolean;
  /** Names weights and optimiser state: their SHA-256 (hex) where the engine replays bitwise, else a text of the engine's that a loaded checkpoint has again. */
  stateHash(): Promise<string>;
  /** Log-probability (nats) at temperature 1 of each token given those before it; entry t belongs to tokens[t], entry 0 is 0. A sequence may be one token longer than the model takes. */
  logProbabilities(sequences: readonly (readonly number[])[], control?: RunControl): Promise<Float32Array[]>;
  /** Adds the gradient of the batch's loss to the accumulated gradient. */
  forwardBackward(batch: TrainingBatch, control?: RunControl): Promise<ForwardBackwardMetrics>;
  /** Clips the accumulated gradient, takes one AdamW step, clears the gradient. */
  optimizerStep(settings: OptimizerSettings): Promise<OptimizerMetrics>;
  /** Throws away what forwardBackward accumulated. */
  discardGradient(): Promise<void>;
  /**
   * Saves weights and optimiser state under a name (small letters, digits, hyphens) of the run: durable when this returns.
   * A whole checkpoint of that name and state is adopted, another one is replaced.
   */
  save(name: string): Promise<SavedPolicy>;
  /** Replaces weights and optimiser state by those that were saved; returns their state hash. Throws DamagedCheckpointError. */
  load(checkpoint: CheckpointRef): Promise<string>;
  /**
   * A sampler of the weights of now, whatever the policy learns afterwards, until it loads others or is closed. Resolves when they are
   * kept, so that learning may go on. Left out by engines that cannot (`separateSampling`).
   */
  freeze?(control?: RunControl): Promise<Sampler>;
  /** Whether a checkpoint is still there, whole or not. */
  holds(checkpoint: CheckpointRef): Promise<boolean>;
  /** Frees the engine; idempotent. */
  close(): Promise<void>;
}

/** What evaluation and question answering need; closed models offer only this. */
export interface Sampler {
  readonly tokenizer: Tokenizer;
  /** Longest sequence that the model takes, prompt and response together; left out where that is not known. */
  readonly maximumTokens?: number | undefined;
  /**
   * Generates one sequence per request, in order. Generation pauses at each stop string; the responder then says
   * how it goes on. Requests with equal prompts share one prefill. Same seeds, same ids on the same fingerprint:
   * admission and environment answers happen at decode-step numbers, never by arrival time.
   */
  sample(
    requests: readonly SampleRequest[],
    responder: Responder,
    control?: RunControl,
  ): Promise<readonly SampledSequence[]>;
}

/** One message of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface Tokenizer {
  readonly vocabularySize: number;
  /** The tokenizer's own token for the end of a text. */
  readonly endOfTextId: number;
  /** Every token that ends a response, that one among them: models of several end messages and texts apart. */
  readonly endOfTextIds: ReadonlySet<number>;
  /** Ids that the model expects before a text that no chat template begins: its beginning-of-text token, or none. */
  readonly beginning: readonly number[];
  /** Stands for every word that the vocabulary lacks; null for a tokenizer that can spell everything. */
  readonly unknownId: number | null;
  /** Ids of a text, nothing put before it. What the text spells is encoded as words: control tokens (ends of turns, roles) are never among them. */
  encode(text: string): number[];
  decode(tokens: readonly number[]): string;
  /** Text of a conversation in the model's chat template, up to where its next message begins; null for models without one. */
  readonly renderChat: ((messages: readonly ChatMessage[]) => string) | null;
  /** Ids of the same: control tokens are the template's own, and contents are encoded as by `encode`. */
  readonly encodeChat: ((messages: readonly ChatMessage[]) => number[]) | null;
}

export interface SampleRequest {
  readonly prompt: readonly number[];
  /** Address of this sample's randomness (see domain/seed.ts); draws depend on it and on the position only. */
  readonly seed: string;
  /** 0 = greedy. Log-probabilities reported are those of the logits divided by it (by 1 when greedy), without cut-offs. */
  readonly temperature: number;
  readonly topP: number;
  /** Number of the most probable tokens that take part; 0 = off. */
  readonly topK: number;
  /** Limit of the response, environment tokens included. */
  readonly maxResponseTokens: number;
  /** Generation pauses after any of these (they may span tokens); the end-of-text token always ends it. */
  readonly stopStrings: readonly string[];
}

/** A sequence that reached a stop string. */
export interface StoppedTurn {
  /** Index of the request. */
  readonly request: number;
  /** 0 for the first stop of this request. */
  readonly turn: number;
  /** Policy tokens since the last environment answer, as text. */
  readonly text: string;
  readonly stopString: string;
}

/** How a stopped sequence goes on: with environment tokens appended, or not at all. */
export type Continuation =
  | { readonly kind: "continue"; readonly tokens: readonly number[] }
  | { readonly kind: "end"; readonly reason: StopReason };

/** Answers stopped sequences; called with all that stopped at one decode step, in request order. */
export interface Responder {
  respond(stopped: readonly StoppedTurn[]): Promise<readonly Continuation[]>;
}

export interface SampledSequence {
  readonly segments: readonly Segment[];
  readonly stopReason: StopReason;
}

/** One sequence to learn from; all arrays have the length of `tokens`. */
export interface TrainingSequence {
  /** Prompt and response. */
  readonly tokens: readonly number[];
  /** 1 where the token is the policy's own, else 0. */
  readonly lossMask: readonly number[];
  /** The sampler's log-probabilities (nats) where the mask is 1, else 0. Unused by cross-entropy. */
  readonly sampledLogProbabilities: readonly number[];
  /** Advantage of the whole sequence. Unused by cross-entropy. */
  readonly advantage: number;
}

/** What an optimiser step learns from in all; servers that average divide by it. */
export interface StepSize {
  /** Sequences that have policy tokens. */
  readonly sequences: number;
  /** Their policy tokens. */
  readonly weight: number;
}

export interface TrainingBatch {
  readonly sequences: readonly TrainingSequence[];
  readonly loss: Loss;
  /**
   * The loss is the sum over masked tokens divided by this (the masked tokens of the whole minibatch for a mean over tokens, docs/method.md#optimisation);
   * of a sequence loss the sum over sequences, each with the mean of its tokens.
   */
  readonly lossDivisor: number;
  /** Temperature the trajectories were sampled at; logits are divided by it. */
  readonly temperature: number;
  /** The reference policy; wanted where the loss has a KL term. */
  readonly reference?: CheckpointRef | undefined;
  /** What the whole optimiser step learns from, this batch and the others before it; that of this batch alone when left out. */
  readonly step?: StepSize | undefined;
}

export type Loss = { readonly kind: "cross-entropy" } | PolicyGradientLoss | SequencePolicyGradientLoss;

/** Terms that may be added to a policy gradient's loss. */
interface Regularisation {
  /** 0 (off) when left out. */
  readonly klCoefficient?: number | undefined;
  /** 0 (off) when left out. */
  readonly entropyCoefficient?: number | undefined;
}

/**
 * Token-level clipped policy gradient with dual clip (docs/method.md#optimisation). Ratio r is clipped to [1 − clipLow, 1 + clipHigh].
 * To each token's loss come klCoefficient · k3 − entropyCoefficient · entropy, where k3 = d − log d − 1, d = p_reference ÷ p,
 * estimates KL(policy ‖ reference) (joschu.net/blog/kl-approx.html).
 */
export interface PolicyGradientLoss extends Regularisation {
  readonly kind: "policy-gradient";
  readonly clipLow: number;
  readonly clipHigh: number;
  /** c of the dual clip: for negative advantages the loss is bounded by −c · advantage. */
  readonly dualClip: number;
}

/**
 * GSPO (arXiv 2507.18071, docs/method.md#algorithms): one ratio a sequence, s = exp(mean over its masked tokens of log ratio), clipped to
 * [1 − clipLow, 1 + clipHigh]; the sequence's loss is −min(s · A, clip(s) · A).
 */
export interface SequencePolicyGradientLoss extends Regularisation {
  readonly kind: "sequence-policy-gradient";
  readonly clipLow: number;
  readonly clipHigh: number;
}

/** Sums over masked tokens, so that micro-batches add up; divide by `tokens` for means. */
export interface ForwardBackwardMetrics {
  readonly tokens: number;
  /** Sum of the losses, already divided by lossDivisor. */
  readonly loss: number;
  /** Null where the engine cannot tell. */
  readonly entropySum: number | null;
  /** Sum of k3 against the reference policy; 0 without a KL term. */
  readonly klReferenceSum: number;
  readonly clippedLow: number;
  readonly clippedHigh: number;
  /** Sum of sampled minus recomputed log-probability: k1 estimate of KL(sampler ‖ trainer). */
  readonly klSampleTrainSum: number;
  /** Largest |sampled − recomputed| log-probability. */
  readonly logProbabilityGapMax: number;
}

export interface OptimizerSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Largest norm of the whole gradient; larger ones are scaled down. */
  readonly gradientClip: number;
}

export interface OptimizerMetrics {
  /** Norm of the gradient before clipping; null where the engine cannot tell. */
  readonly gradientNorm: number | null;
}

/** Lets long work report progress and be cancelled between micro-batches or decode steps. */
export interface RunControl {
  readonly signal?: AbortSignal;
  /** Fraction done, 0 to 1, and where it helps what is being done, for a person. */
  readonly onProgress?: (fraction: number, doing?: string) => void;
  /** Hears each token that is sampled, by the index of its request; those of one request in order. */
  readonly onToken?: (request: number, token: number) => void;
}
