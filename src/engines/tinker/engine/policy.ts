import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { GatheredAnswers } from "../../../policy/gatheredAnswers.ts";
import {
  DamagedCheckpointError,
  type CheckpointRef,
  type ForwardBackwardMetrics,
  type OptimizerMetrics,
  type OptimizerSettings,
  type Policy,
  type Responder,
  type RunControl,
  type SampledSequence,
  type SampleRequest,
  type Sampler,
  type SavedPolicy,
  type Tokenizer,
  type TrainingBatch,
} from "../../../policy/port.ts";
import { stepSizeOf } from "../../../policy/stepSize.ts";
import type { SamplingSettings, TinkerClient } from "../api.ts";
import { ModelForgottenError } from "../errors.ts";
import { checkOptimizer, checkStaleness } from "../objective/express.ts";
import { learn } from "../objective/learn.ts";
import { InFlight } from "./inFlight.ts";
import { LeftModels } from "./leftModels.ts";
import { firstState, Lineage } from "./lineage.ts";
import { LiveModel, type ModelSource, type SamplingSession } from "./liveModel.ts";
import { recompute } from "./recompute.ts";
import { refOf, savedModelOf, type SavedModel } from "./savedModel.ts";
import { sampleSequence } from "./sequenceSampler.ts";

export interface TinkerPolicyOptions {
  readonly client: TinkerClient;
  readonly tokenizer: Tokenizer;
  /** What the policy begins with. */
  readonly base: Omit<ModelSource, "state">;
  readonly runFolder: string;
  readonly maximumTokens: number | null;
  readonly requestsInFlight: number;
  readonly microBatchTokens: number;
  readonly tokensPerRequest: number;
}

/**
 * A policy that lies on a server of the Tinker protocol. Its model is made when it is first needed. After any error the policy is of unknown
 * state and is to be closed: the next one loads the newest saved state, and plans are replayed from the log.
 */
export class TinkerPolicy implements Policy {
  readonly replaysBitwise = false;
  readonly tokenizer: Tokenizer;
  readonly #options: TinkerPolicyOptions;
  readonly #left: LeftModels;
  readonly #inFlight: InFlight;
  #lineage: Lineage;
  #steps = 0;
  #state: string | undefined;
  #live: Promise<LiveModel> | null = null;
  #reference: { readonly ref: CheckpointRef; readonly policy: TinkerPolicy } | null = null;

  constructor(options: TinkerPolicyOptions) {
    this.#options = options;
    this.tokenizer = options.tokenizer;
    this.#left = new LeftModels(options.runFolder);
    this.#inFlight = new InFlight(options.requestsInFlight);
    this.#lineage = new Lineage(firstState(Object.values(options.base)));
  }

  get fingerprint(): string {
    const { client, base } = this.#options;
    return `tinker/${client.dialect.name} ${client.shown} ${base.baseModel} rank ${base.rank}`;
  }
  get optimizerSteps(): number {
    return this.#steps;
  }
  get maximumTokens(): number | undefined {
    return this.#options.maximumTokens ?? undefined;
  }

  async stateHash(): Promise<string> {
    return this.#lineage.state;
  }

  async sample(
    requests: readonly SampleRequest[],
    responder: Responder,
    control: RunControl = {},
  ): Promise<SampledSequence[]> {
    const { signal } = control;
    return this.#sampleFrom(await (await this.#model(signal)).sampler(signal), requests, responder, control);
  }

  /** Refused where a server has one set of weights for both. */
  async freeze({ signal }: RunControl = {}): Promise<Sampler> {
    checkStaleness(this.#options.client.dialect);
    const session = await (await this.#model(signal)).sampler(signal);
    return {
      tokenizer: this.tokenizer,
      maximumTokens: this.maximumTokens,
      sample: (requests, responder, control) => this.#sampleFrom(session, requests, responder, control),
    };
  }

  async #sampleFrom(
    { samplingSessionId, next }: SamplingSession,
    requests: readonly SampleRequest[],
    responder: Responder,
    { signal, onProgress, onToken }: RunControl = {},
  ): Promise<SampledSequence[]> {
    const { client, tokenizer, tokensPerRequest } = this.#options;
    const failed = new AbortController();
    const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
    // Each request in flight listens; more than ten are no leak.
    setMaxListeners(0, stop);
    const answers = new GatheredAnswers(responder);
    const draw = (prompt: readonly number[], settings: SamplingSettings) =>
      this.#inFlight.run(async () => {
        stop.throwIfAborted();
        const options = { sequence: next(), signal: stop };
        const [sample] = await client.sample({ samplingSessionId }, prompt, settings, options);
        if (sample === undefined) throw new Error("no sample");
        return sample;
      });
    let done = 0;
    const one = async (request: SampleRequest, index: number): Promise<SampledSequence> => {
      const heard = onToken && ((token: number) => onToken(index, token));
      const options = { shown: client.shown, dialect: client.dialect, tokenizer, tokensPerRequest, draw, answers };
      const sampled = await sampleSequence(request, index, { ...options, onToken: heard });
      onProgress?.(++done / requests.length);
      return sampled;
    };
    try {
      return await Promise.all(requests.map(one));
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  }

  async logProbabilities(sequences: readonly (readonly number[])[], control: RunControl = {}): Promise<Float32Array[]> {
    return recompute(await this.#model(control.signal), sequences, this.#options.microBatchTokens, control);
  }

  async forwardBackward(batch: TrainingBatch, { signal }: RunControl = {}): Promise<ForwardBackwardMetrics> {
    const { reference: ref, step = stepSizeOf(batch.sequences) } = batch;
    const reference = ref === undefined ? undefined : await this.#referenceOn(batch, ref, signal);
    const live = await this.#model(signal);
    const calls = { forward: live.next(signal), forwardBackward: live.next(signal) };
    const metrics = await learn(live.client, live.model, { ...batch, step, reference }, calls);
    this.#lineage.learn(batch);
    return { ...metrics, entropySum: null };
  }

  async optimizerStep(settings: OptimizerSettings): Promise<OptimizerMetrics> {
    checkOptimizer(settings, this.#options.client.dialect);
    const live = await this.#model();
    const figures = await live.client.optimizerStep(live.model, settings, live.next());
    live.changed();
    this.#lineage.step(settings);
    this.#steps++;
    return { gradientNorm: normIn(figures) };
  }

  /** No server clears a gradient without a step, so the model is made again from what it last was loaded from. */
  async discardGradient(): Promise<void> {
    this.#lineage.discard();
    await this.#drop();
  }

  async save(name: string): Promise<SavedPolicy> {
    const live = await this.#model();
    const stateHash = this.#lineage.state;
    // A name is taken once for all: an attempt before this one may have used it.
    const uri = await live.client.saveState(live.model, `${name}-${randomUUID().slice(0, 8)}`, live.next());
    return { ref: refOf({ uri, stateHash, optimizerSteps: this.#steps }), stateHash };
  }

  async load(checkpoint: CheckpointRef): Promise<string> {
    const saved = savedModelOf(checkpoint);
    await this.#drop();
    try {
      this.#live = this.#create(saved.uri);
      await this.#live;
    } catch (error) {
      this.#live = null;
      if (error instanceof ModelForgottenError) throw new DamagedCheckpointError(error.message, { cause: error });
      throw error;
    }
    this.#take(saved);
    return saved.stateHash;
  }

  /** Whether the reference names a state on a server. Only loading it shows whether the server still has it. */
  async holds(checkpoint: CheckpointRef): Promise<boolean> {
    return checkpoint.startsWith("tinker://");
  }

  async close(): Promise<void> {
    await this.#reference?.policy.close();
    this.#reference = null;
    await this.#drop();
  }

  #take({ uri, stateHash, optimizerSteps }: SavedModel): void {
    this.#state = uri;
    this.#lineage = new Lineage(stateHash);
    this.#steps = optimizerSteps;
  }

  #model(signal?: AbortSignal): Promise<LiveModel> {
    this.#live ??= this.#create(this.#state, signal);
    return this.#live;
  }

  #create(state: string | undefined, signal?: AbortSignal): Promise<LiveModel> {
    return LiveModel.create(this.#options.client, { ...this.#options.base, state }, this.#left, signal);
  }

  async #drop(): Promise<void> {
    const live = await this.#live?.catch(() => null);
    this.#live = null;
    await live?.close();
  }

  /** The reference policy's log-probabilities, from a model beside this one. */
  async #referenceOn(batch: TrainingBatch, ref: CheckpointRef, signal?: AbortSignal): Promise<number[][]> {
    if (this.#reference?.ref !== ref) {
      await this.#reference?.policy.close();
      const policy = new TinkerPolicy(this.#options);
      this.#reference = { ref, policy };
      await policy.load(ref);
    }
    const control = signal === undefined ? {} : { signal };
    const values = await this.#reference.policy.logProbabilities(
      batch.sequences.map(({ tokens }) => tokens),
      control,
    );
    return values.map((one) => [...one]);
  }
}

/** The gradient's norm under the name that servers give it; null where they do not report it. */
function normIn(figures: Readonly<Record<string, number>>): number | null {
  return Object.entries(figures).find(([name]) => /grad(ient)?[_-]?norm/iu.test(name))?.[1] ?? null;
}
