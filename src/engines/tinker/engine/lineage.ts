import { createHash } from "node:crypto";
import type { OptimizerSettings, TrainingBatch } from "../../../policy/port.ts";

/**
 * Names a state that lies on a server by all that made it: the model it began with, then each batch and each optimiser step. Servers do not
 * tell their weights, so two equal names say that the same was done, not that the same bits came of it.
 */
export class Lineage {
  #state: string;
  #pending: string[] = [];

  constructor(state: string) {
    this.#state = state;
  }

  get state(): string {
    return this.#state;
  }

  learn({ sequences, loss, lossDivisor, temperature, reference }: TrainingBatch): void {
    const hash = createHash("sha256").update(JSON.stringify([loss, lossDivisor, temperature, reference ?? null]));
    for (const { tokens, lossMask, sampledLogProbabilities, advantage } of sequences) {
      hash.update(Int32Array.of(tokens.length));
      hash.update(Int32Array.from(tokens));
      hash.update(Uint8Array.from(lossMask));
      hash.update(Float64Array.from(sampledLogProbabilities));
      hash.update(Float64Array.of(advantage));
    }
    this.#pending.push(hash.digest("hex"));
  }

  step({ learningRate, beta1, beta2, epsilon, weightDecay, gradientClip }: OptimizerSettings): void {
    const settings = [learningRate, beta1, beta2, epsilon, weightDecay, gradientClip];
    this.#state = digest([this.#state, ...this.#pending, ...settings]);
    this.#pending = [];
  }

  discard(): void {
    this.#pending = [];
  }
}

/** The name of the state of a model that has learnt nothing. */
export function firstState(parts: readonly (string | number)[]): string {
  return digest(["new", ...parts]);
}

function digest(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
