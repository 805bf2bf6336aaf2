import type {
  Continuation,
  ForwardBackwardMetrics,
  OptimizerSettings,
  SampledSequence,
  StoppedTurn,
  Tokenizer,
} from "../../../policy/port.ts";
import { loadTokenizer } from "../../../policy/tokenizer.ts";
import { Generator } from "../sampling/generator.ts";
import type { ProviderOptions } from "../../../onnx/graphSession.ts";
import type { MicroBatch } from "../training/microBatch.ts";
import type { ModelConfig } from "../model/modelConfig.ts";
import { layOutModel } from "../model/lora.ts";
import type { LoraSettings } from "../model/lora.ts";
import { checkProvider } from "../../../onnx/provider.ts";
import { ReplicaState, splitRanges } from "./replicaState.ts";
import type { IndexedRequest } from "../sampling/sampleGroups.ts";
import { SamplingSteps } from "../sampling/samplingSteps.ts";
import { createStateFiles, hashOwnState, loadReference, loadState, writeOwnState } from "../model/stateFiles.ts";
import { addMetrics, emptyMetrics } from "../../../policy/forwardBackwardMetrics.ts";
import { Trainer } from "../training/trainer.ts";
import type { LossSettings } from "../training/microBatchLoss.ts";

/** What a replica is made from; sent to its thread. */
export interface ReplicaSetup {
  readonly config: ModelConfig;
  readonly lora: LoraSettings | null;
  /** Folder of the weights that adapters leave as they are; null without adapters. */
  readonly baseFolder: string | null;
  readonly options: ProviderOptions;
  readonly index: number;
  readonly replicas: number;
  /** One array of all weights for each replica: gradients and weights are handed over here. Empty for one replica. */
  readonly exchange: SharedArrayBuffer;
  /** One 32-bit integer; not 0 when the work in progress is to stop. */
  readonly cancelFlag: SharedArrayBuffer;
  readonly tokenizerFolder: string;
  readonly recomputeActivations: boolean;
}

/** What a replica tells the thread that it works for. */
export interface ReplicaHost {
  /** Units of work (padded tokens, decode steps) done since the last report. */
  progressed(units: number, tokens: number): void;
  /** A token was drawn for a request whose caller listens. */
  drawn(request: number, token: number): void;
  respond(stopped: readonly StoppedTurn[]): Promise<readonly Continuation[]>;
}

/** Thrown when the cancel flag stops work. */
export class WorkCancelled extends Error {
  override readonly name = "WorkCancelled";
}

/** One copy of the model: its part of every batch, and the optimiser for its own range of the weights. */
export class Replica {
  readonly #setup: ReplicaSetup;
  readonly #host: ReplicaHost;
  readonly #state: ReplicaState;
  readonly #trainer: Trainer;
  readonly #sampling: SamplingSteps;
  readonly #tokenizer: Promise<Tokenizer>;
  readonly #cancelFlag: Int32Array;

  constructor(setup: ReplicaSetup, host: ReplicaHost) {
    this.#setup = setup;
    this.#host = host;
    const layout = layOutModel(setup.config, setup.lora);
    const own = splitRanges(layout.trained, setup.replicas)[setup.index];
    if (own === undefined) throw new RangeError(`replica ${setup.index} of ${setup.replicas}`);
    this.#state = new ReplicaState(layout, own);
    this.#trainer = new Trainer(setup.config, this.#state, setup.options, setup.recomputeActivations);
    this.#sampling = new SamplingSteps(setup.config, this.#state, setup.options);
    this.#tokenizer = loadTokenizer(setup.tokenizerFolder);
    this.#cancelFlag = new Int32Array(setup.cancelFlag);
  }

  checkProvider(): Promise<void> {
    return checkProvider(this.#setup.options);
  }

  /** Loads a folder; returns the optimiser's step count. */
  load(folder: string): Promise<number> {
    return loadState(folder, this.#setup.baseFolder, this.#state);
  }

  /** Loads the weights that a KL term compares the policy with. */
  loadReference(folder: string): Promise<void> {
    return loadReference(folder, this.#setup.baseFolder, this.#state);
  }

  createFiles(folder: string, steps: number): Promise<void> {
    return createStateFiles(folder, this.#state.layout, steps);
  }

  writeOwn(folder: string, steps: number): Promise<void> {
    return writeOwnState(folder, this.#state, steps);
  }

  hashOwn(): string[] {
    return hashOwnState(this.#state);
  }

  async logProbabilities(batches: readonly MicroBatch[]): Promise<Float32Array[]> {
    const results: Float32Array[] = [];
    for (const batch of batches) {
      results.push(await this.#trainer.logProbabilities(batch));
      this.#done(batch.tokens.length);
    }
    return results;
  }

  async forwardBackward(batches: readonly MicroBatch[], settings: LossSettings): Promise<ForwardBackwardMetrics> {
    let sum = emptyMetrics;
    for (const batch of batches) {
      sum = addMetrics(sum, await this.#trainer.forwardBackward(batch, settings));
      this.#done(batch.tokens.length);
    }
    return sum;
  }

  /** Generates the requests' sequences; the answers are in their order. `streamed`: the host hears each token. */
  async sample(requests: readonly IndexedRequest[], streamed: boolean): Promise<SampledSequence[]> {
    if (requests.length === 0) return [];
    const generator = new Generator(this.#setup.config, this.#sampling, await this.#tokenizer, requests, {
      respond: (stopped) => this.#host.respond(stopped),
      drawn: streamed ? (request, token) => this.#host.drawn(request, token) : null,
      stepped: (units, drawn) => this.#done(units, drawn),
    });
    const sequences = await generator.run();
    return requests.map(({ index }) => sequences.get(index) as SampledSequence);
  }

  discardGradient(): void {
    this.#state.clearGradient();
  }

  /** A copy of the gradient accumulated here. */
  gradient(): Float32Array {
    return this.#state.gradient.slice();
  }

  /** Hands this replica's gradient over to the others. */
  publishGradient(): void {
    this.#slot(this.#setup.index).set(this.#state.gradient);
  }

  /** Sums all replicas' gradients over the own range, in the order of the replicas; returns the sum of squares. */
  reduceGradient(): number {
    const { start, end } = this.#state.own;
    if (this.#setup.replicas > 1) {
      const own = this.#state.gradient.subarray(start, end);
      own.set(this.#slot(0).subarray(start, end));
      for (let replica = 1; replica < this.#setup.replicas; replica++)
        addTo(own, this.#slot(replica).subarray(start, end));
    }
    return this.#state.gradientSquares();
  }

  /** One optimiser step on the own range, whose new weights are handed over to the others. */
  applyGradient(settings: OptimizerSettings, step: number, scale: number): void {
    this.#state.applyGradient(settings, step, scale);
    const { start, end } = this.#state.own;
    if (this.#setup.replicas > 1) this.#slot(0).subarray(start, end).set(this.#state.weights.subarray(start, end));
  }

  /** Takes over the weights of the other replicas' ranges. */
  adoptWeights(): void {
    this.#state.weights.set(this.#slot(0));
  }

  async close(): Promise<void> {
    await this.#trainer.close();
    await this.#sampling.close();
  }

  #slot(replica: number): Float32Array {
    const { length } = this.#state.weights;
    return new Float32Array(this.#setup.exchange, replica * length * 4, length);
  }

  #done(units: number, tokens = units): void {
    this.#host.progressed(units, tokens);
    if (Atomics.load(this.#cancelFlag, 0) !== 0) throw new WorkCancelled("cancelled");
  }
}

function addTo(target: Float32Array, source: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) + (source[i] ?? 0);
}
