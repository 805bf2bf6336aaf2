import type { PlannedLoss, PlannedOptimizer } from "../domain/step.ts";
import type { z } from "zod";
import type { FolderPolicy } from "../policy/folderPolicy.ts";
import type { CheckpointRef, Policy, Tokenizer } from "../policy/port.ts";

/** Raised whenever the port changes in a way that engines written for it must follow. */
export const enginePortVersion = 1;

/** Capabilities of an engine with its settings. A run that needs more is refused before it starts. */
export interface EngineCapabilities {
  /** Takes gradients and optimiser steps; else it only samples. */
  readonly trains: boolean;
  /** Computes log-probabilities of given tokens. */
  readonly logProbabilities: boolean;
  /** Which weights it learns. */
  readonly weights: "full" | "adapters";
  /** Policies of equal fingerprints and equal history are bitwise equal, so that a replay is checked against hashes. */
  readonly bitwise: boolean;
  /** A request that is sent again takes effect once. */
  readonly idempotent: boolean;
  readonly losses: readonly PlannedLoss["kind"][];
  /** Computes a KL term against a saved policy. */
  readonly reference: boolean;
  /** Samples from weights of before an update while the update goes on; an engine with servers of several kinds checks each. */
  readonly separateSampling?: boolean;
}

/** Where a policy begins: with a run's base, or where it was saved. */
export type PolicySource = { readonly base: string } | { readonly checkpoint: CheckpointRef };

export interface OpenOptions {
  readonly from: PolicySource;
  /** The run's folder; an engine may keep in it what it saves. */
  readonly runFolder: string;
  /** Whether losses will have a KL term. */
  readonly reference?: boolean;
}

/** What a run asks of an engine, as far as an engine may refuse it. */
export interface RunNeeds {
  /** As `policy.model` says. */
  readonly model: string;
  readonly loss: PlannedLoss;
  readonly temperature: number;
  readonly optimizer: Pick<z.infer<typeof PlannedOptimizer>, "gradientClip">;
  /** Updates that the sampling policy may be behind; 0 when left out. */
  readonly staleness?: number | undefined;
}

/** What samples and trains a policy: embedded in this process, or a server's. */
export interface Engine {
  /** `enginePortVersion` of the time it was written. */
  readonly port: number;
  /** For a person, with what tells its devices apart: "onnx/cpu". */
  readonly label: string;
  readonly capabilities: EngineCapabilities;
  /** What `policy.model` is: a model folder that this process reads, or a name that the engine's server knows. */
  readonly models: "folder" | "name";
  /** Settings that are paths on the worker; only those that inputs may name are allowed. */
  readonly paths?: readonly string[];
  /** Padded tokens of one forward–backward pass at most; plans are made with it. */
  readonly microBatchTokens: number;
  /** Threads of this process that it keeps busy. */
  readonly threads: number;
  /** Before a run starts: throws, in words, where it cannot do what the run asks for, or its server is not there. */
  readonly check?: (needs: RunNeeds) => Promise<void>;
  /** Tokens that the model in a folder takes at most, by what the folder says; absent where only opening it tells. */
  readonly contextLength?: (folder: string) => Promise<number>;
  open(options: OpenOptions): Promise<Policy>;
  /** Opens a model folder outside of a run, to make a base with; absent where weights are never in a folder of this machine. */
  readonly openFolder?: (folder: string) => Promise<FolderPolicy>;
  /** Opens the tokenizer of a saved policy, without opening the policy. */
  tokenizer(runFolder: string, checkpoint: CheckpointRef): Promise<Tokenizer>;
  /** Deletes a saved policy; one that is not there is no error. */
  remove(runFolder: string, checkpoint: CheckpointRef): Promise<void>;
  /** Clears what unfinished saves left that nobody has touched for some milliseconds. */
  sweep(runFolder: string, patience: number): Promise<void>;
}
