import { createHash } from "node:crypto";
import type { AdamSettings, CallOptions, RemoteModel, Sample, TinkerClient } from "../../../src/engines/tinker/api.ts";
import { TinkerError, TinkerRefusedError } from "../../../src/engines/tinker/errors.ts";
import { learn } from "../../../src/engines/tinker/objective/learn.ts";
import { stepSizeOf } from "../../../src/policy/stepSize.ts";
import type { TrainingSequence } from "../../../src/policy/port.ts";

const adam: AdamSettings = {
  learningRate: 0.05,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.01,
  gradientClip: 0,
};
const loss = { kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.28, dualClip: 3 } as const;
const prompts = [
  [3, 9, 4],
  [12, 5, 8],
];
/** Iterations between two saved states. */
const savedEvery = 4;

/** What a run has written down, in order: the log that it is put together from again. */
export interface RunLog {
  readonly trajectories: { readonly iteration: number; readonly hash: string }[];
  readonly recoveries: string[];
}

/**
 * A training run in small that loses and doubles nothing: trajectories are written down before they are learnt from, and an update whose
 * outcome is not known discards the model, which is made again from the newest saved state and the updates since.
 */
export class DurableRun {
  readonly log: RunLog = { trajectories: [], recoveries: [] };
  readonly #batches: TrainingSequence[][] = [];
  #model: RemoteModel | null = null;
  #sequence = 0;
  #samplers = 0;
  #names = 0;
  #saved: { readonly uri: string; readonly iterations: number } | null = null;

  constructor(readonly client: TinkerClient) {}

  get modelId(): string {
    return this.#model?.modelId ?? "";
  }

  async iteration(index: number): Promise<void> {
    const batch = await this.#durably(index, () => this.#rollout(index));
    this.log.trajectories.push({ iteration: index, hash: hashOf(batch) });
    this.#batches[index] = batch;
    await this.#durably(index, () => this.#update(batch));
    if ((index + 1) % savedEvery === 0) await this.#durably(index + 1, () => this.#save(index + 1));
  }

  /** `done` updates are part of the model when `work` begins, however often it has to begin. */
  async #durably<T>(done: number, work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        if (this.#model === null) await this.#restore(done);
        return await work();
      } catch (error) {
        const isLasting = error instanceof TinkerRefusedError && attempt > 3;
        if (!(error instanceof TinkerError) || isLasting || attempt > 20) throw error;
        this.log.recoveries.push(error.name);
        this.#model = null;
      }
    }
  }

  async #restore(done: number): Promise<void> {
    const { client } = this;
    const sessionId = await client.openSession();
    const model = await client.createModel(sessionId, { baseModel: "fake/bigram", rank: 8, seed: 1, index: 0 });
    this.#sequence = 0;
    this.#samplers = 0;
    if (this.#saved !== null) await client.loadState(model, this.#saved.uri, true, this.#next());
    this.#model = model;
    for (let index = this.#saved?.iterations ?? 0; index < done; index++)
      await this.#update(this.#batches[index] ?? []);
  }

  /** From freshly saved weights, by seeds that belong to the iteration alone. */
  async #rollout(index: number): Promise<TrainingSequence[]> {
    const { client } = this;
    const model = this.#present();
    const uri = await client.saveForSampling(model, `sampler-${this.#names++}`, this.#next());
    const samplingSessionId = await client.openSampler(model.sessionId, uri, this.#samplers++);
    const settings = { samples: 2, maxTokens: 6, temperature: 1, topP: 1, topK: 0, stop: [] };
    const groups: TrainingSequence[] = [];
    for (const [place, prompt] of prompts.entries()) {
      const seed = index * 100 + place * 10;
      const samples = await client.sample(
        { samplingSessionId },
        prompt,
        { ...settings, seed },
        { sequence: place + 1 },
      );
      groups.push(...samples.map((sample, member) => learnable(prompt, sample, member === 0 ? 1 : -0.6)));
    }
    return groups;
  }

  async #update(batch: readonly TrainingSequence[]): Promise<void> {
    const model = this.#present();
    const step = stepSizeOf(batch);
    if (step.sequences === 0) return;
    const request = { sequences: batch, loss, lossDivisor: step.weight, temperature: 1, step, largestGap: 1e-3 };
    await learn(this.client, model, request, { forward: this.#next(), forwardBackward: this.#next() });
    await this.client.optimizerStep(model, adam, this.#next());
  }

  async #save(iterations: number): Promise<void> {
    const uri = await this.client.saveState(this.#present(), `state-${this.#names++}`, this.#next());
    this.#saved = { uri, iterations };
  }

  #present(): RemoteModel {
    if (this.#model === null) throw new Error("no model");
    return this.#model;
  }

  #next(): CallOptions {
    return { sequence: ++this.#sequence };
  }
}

function learnable(
  prompt: readonly number[],
  { tokens, logProbabilities }: Sample,
  advantage: number,
): TrainingSequence {
  return {
    tokens: [...prompt, ...tokens],
    lossMask: [...prompt.map(() => 0), ...tokens.map(() => 1)],
    sampledLogProbabilities: [...prompt.map(() => 0), ...logProbabilities],
    advantage,
  };
}

function hashOf(batch: readonly TrainingSequence[]): string {
  return createHash("sha256")
    .update(JSON.stringify(batch.map(({ tokens }) => tokens)))
    .digest("hex");
}
