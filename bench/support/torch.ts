import { z } from "zod";
import type { Loss, TrainingSequence } from "../../src/policy/port.ts";
import { startPeer, type Answer, type Peer } from "../peers/peer.ts";

const Sampled = z.object({ seconds: z.number(), tokens: z.number() });
export type Sampled = z.infer<typeof Sampled>;

/** Token ids that end a row (`end`) or ask the environment (`stops`); null when only the limit ends rows. */
export type StopIds = { readonly end: number; readonly stops: readonly number[]; readonly pad: number } | null;

/** transformers' generate, or a loop written by hand with a static cache and shared prefills. */
export type LoopKind = "generate" | "static";

export interface PeerRollout {
  readonly prompts: readonly (readonly number[])[];
  readonly limit: number;
  readonly ids: StopIds;
  readonly kind: LoopKind;
  /** Of what is drawn: equal seeds give equal rollouts. */
  readonly seed: number;
}

/** PyTorch with transformers holding one model; see bench/peers/torch_peer.py. */
export interface TorchPeer {
  /** Seconds of one update: forward, backward, clipping, fused AdamW. `budget`: padded tokens of a micro-batch. */
  update(sequences: readonly TrainingSequence[], loss: Loss, budget: number): Promise<number>;
  rollout(rollout: PeerRollout, answer?: Answer): Promise<Sampled>;
  iteration(rollout: PeerRollout, loss: Loss, minibatches: number, budget: number, answer: Answer): Promise<Sampled>;
  logProbabilities(sequences: readonly (readonly number[])[]): Promise<number[][]>;
  /** Bytes. */
  peakMemory(): Promise<number>;
  /** Floating-point operations per second of a plain product of square matrices. */
  multiply(size: number, repeats: number): Promise<number>;
  close(): Promise<void>;
}

/** Starts PyTorch on a model folder; with a rank it learns peft's adapters of that rank alone. */
export async function startTorch(folder: string, threads: number, rank = 0): Promise<TorchPeer> {
  const peer: Peer = startPeer("torch_peer.py");
  await peer.request(z.unknown(), "load", { folder, threads, rank });
  return {
    update: (sequences, loss, budget) =>
      peer.request(z.number(), "update", { sequences: sequences.map(toPeer), loss: lossToPeer(loss), budget }),
    rollout: (rollout, answer) => peer.request(Sampled, "rollout", { ...rollout }, answer),
    iteration: (rollout, loss, minibatches, budget, answer) =>
      peer.request(Sampled, "iteration", { ...rollout, loss: lossToPeer(loss), minibatches, budget }, answer),
    logProbabilities: (sequences) => peer.request(z.array(z.array(z.number())), "log_probabilities", { sequences }),
    peakMemory: () => peer.request(z.number(), "peak_memory", {}),
    multiply: (size, repeats) => peer.request(z.number(), "multiply", { size, repeats }),
    close: () => peer.close(),
  };
}

function toPeer({ tokens, lossMask, sampledLogProbabilities, advantage }: TrainingSequence): Record<string, unknown> {
  return { tokens, mask: lossMask, sampled: sampledLogProbabilities, advantage };
}

function lossToPeer(loss: Loss): Record<string, unknown> {
  if (loss.kind === "cross-entropy") return { kind: loss.kind };
  if (loss.kind === "sequence-policy-gradient") throw new Error("the PyTorch peer has no sequence loss");
  return {
    kind: loss.kind,
    clip_low: loss.clipLow,
    clip_high: loss.clipHigh,
    dual_clip: loss.dualClip,
    temperature: 1,
  };
}
