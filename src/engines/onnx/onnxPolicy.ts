import { createQueue } from "../../eventLoop/queue.ts";
import { createHash } from "node:crypto";
import { arch, cpus } from "node:os";
import type {
  Responder,
  ForwardBackwardMetrics,
  OptimizerMetrics,
  OptimizerSettings,
  RunControl,
  SampleRequest,
  SampledSequence,
  Tokenizer,
} from "../../policy/port.ts";
import type { FolderBatch, FolderPolicy } from "../../policy/folderPolicy.ts";
import { readAdapterFolder, writeAdapterConfig } from "./model/adapterFolder.ts";
import type { AdapterFolder } from "./model/adapterFolder.ts";
import type { Precision } from "../../onnx/graphSession.ts";
import { layOutModel } from "./model/lora.ts";
import type { LoraSettings } from "./model/lora.ts";
import { distributeSequences } from "./training/microBatch.ts";
import type { MicroBatch, SequenceToRun } from "./training/microBatch.ts";
import { readModelFolder, writeCompanions } from "./model/modelFolder.ts";
import type { ModelFolder } from "./model/modelFolder.ts";
import { lossTerms } from "./training/trainingGraph.ts";
import type { ReplicaPool } from "./replicas/replicaPool.ts";
import { distributeRequests } from "./sampling/sampleGroups.ts";
import { addMetrics, emptyMetrics } from "../../policy/forwardBackwardMetrics.ts";
import { engineVersion } from "./version.ts";

export interface OnnxPolicyOptions {
  /** Hugging Face folder: config.json, safetensors, tokenizer.json, tokenizer_config.json. */
  readonly folder: string;
  readonly provider: "cpu" | "cuda" | "webgpu";
  readonly replicas: number;
  readonly threadsPerReplica: number;
  /** Padded tokens that one forward–backward pass may hold at most. */
  readonly microBatchTokens: number;
  /** Memory that the engine may take, to which micro-batches are made to keep; what the machine or its container has when left out. */
  readonly memoryBytes?: number;
  /** Learn low-rank adapters only; a folder that holds a PEFT adapter brings its own settings. */
  readonly lora?: LoraSettings;
  /** Compute activations again in the backward pass instead of keeping them: about a third more work, for long sequences. */
  readonly recomputeActivations?: boolean;
  /** What sampling computes in; float16 is refused where the provider gains nothing by it. */
  readonly precision?: Precision;
  /** Whether losses will have a KL term: room for a reference policy is wanted. */
  readonly reference?: boolean;
}

/**
 * The embedded engine: data-parallel replicas in threads of their own, with fixed shares of the work and a fixed order of
 * summation, so that equal inputs give bitwise equal results. Operations run one after another.
 */
export class OnnxPolicy implements FolderPolicy {
  readonly tokenizer: Tokenizer;
  readonly fingerprint: string;
  readonly #options: OnnxPolicyOptions;
  readonly #model: ModelFolder;
  readonly #adapter: AdapterFolder | null;
  readonly #pool: ReplicaPool;
  #steps = 0;
  /** Folder of the reference policy that the replicas hold. */
  #reference: string | null = null;
  readonly #exclusive = createQueue();

  constructor(
    options: OnnxPolicyOptions,
    model: ModelFolder,
    adapter: AdapterFolder | null,
    tokenizer: Tokenizer,
    pool: ReplicaPool,
  ) {
    this.#options = options;
    this.#model = model;
    this.#adapter = adapter;
    this.tokenizer = tokenizer;
    this.#pool = pool;
    const { provider, replicas, threadsPerReplica, microBatchTokens } = options;
    const processor = cpus()[0]?.model ?? arch();
    const half = options.precision === "float16" ? " float16" : "";
    this.fingerprint = `onnx ${engineVersion} ${provider}${half} ${replicas}x${threadsPerReplica} ${microBatchTokens} ${processor}`;
  }

  get optimizerSteps(): number {
    return this.#steps;
  }

  get maximumTokens(): number {
    return this.#model.config.maximumPositions;
  }

  stateHash(): Promise<string> {
    return this.#exclusive(async () => {
      const hashes = await this.#pool.all("hashOwn");
      return createHash("sha256")
        .update([this.#steps, ...hashes.flat()].join("\n"))
        .digest("hex");
    });
  }

  logProbabilities(sequences: readonly (readonly number[])[], control?: RunControl): Promise<Float32Array[]> {
    return this.#exclusive(async () => {
      // The last token is only a target, never an input: it needs no position.
      const parts = this.#distribute(
        sequences.map((tokens) => ({ tokens })),
        () => false,
        this.#model.config.maximumPositions + 1,
      );
      const work = parts.flat().reduce((sum, batch) => sum + batch.tokens.length, 0);
      const results = await this.#pool.each("logProbabilities", (replica) => [parts[replica] ?? []], {
        control,
        work,
        describe: (tokens, rate) => `${tokens} tokens read, ${perSecond(rate)}`,
        responder: null,
      });
      const values = sequences.map((tokens) => new Float32Array(tokens.length));
      parts.forEach((batches, replica) => batches.forEach((batch, i) => unpack(batch, results[replica]?.[i], values)));
      return values;
    });
  }

  forwardBackward(batch: FolderBatch, control?: RunControl): Promise<ForwardBackwardMetrics> {
    return this.#exclusive(async () => {
      const { kl, entropy } = lossTerms(batch.loss);
      if (kl) await this.#holdReference(batch.referenceFolder);
      const everyToken = batch.loss.kind === "cross-entropy" || kl || entropy;
      const parts = this.#distribute(batch.sequences, ({ advantage }) => everyToken || advantage !== 0);
      const work = parts.flat().reduce((sum, part) => sum + part.tokens.length, 0);
      const settings = { loss: batch.loss, lossDivisor: batch.lossDivisor, temperature: batch.temperature };
      try {
        const metrics = await this.#pool.each("forwardBackward", (replica) => [parts[replica] ?? [], settings], {
          control,
          work,
          describe: (tokens, rate) => `${tokens} tokens learnt from, ${perSecond(rate)}`,
          responder: null,
        });
        return metrics.reduce(addMetrics, emptyMetrics);
      } catch (error) {
        await this.#pool.all("discardGradient");
        throw error;
      }
    });
  }

  optimizerStep(settings: OptimizerSettings): Promise<OptimizerMetrics> {
    return this.#exclusive(async () => {
      const several = this.#options.replicas > 1;
      if (several) await this.#pool.all("publishGradient");
      const squares = await this.#pool.all("reduceGradient");
      const gradientNorm = Math.sqrt(squares.reduce((sum, value) => sum + value, 0));
      const scale = gradientNorm > settings.gradientClip ? settings.gradientClip / (gradientNorm + 1e-6) : 1;
      await this.#pool.each("applyGradient", () => [settings, this.#steps + 1, scale]);
      if (several) await this.#pool.all("adoptWeights");
      this.#steps += 1;
      return { gradientNorm };
    });
  }

  discardGradient(): Promise<void> {
    return this.#exclusive(async () => {
      await this.#pool.all("discardGradient");
    });
  }

  /** The gradient accumulated so far, by the checkpoint's names. */
  gradients(): Promise<Map<string, Float32Array>> {
    return this.#exclusive(async () => {
      const [first, ...others] = await this.#pool.all("gradient");
      if (first === undefined) return new Map();
      for (const other of others) other.forEach((value, i) => (first[i] = (first[i] ?? 0) + value));
      const { trained } = layOutModel(this.#model.config, this.#adapter?.lora ?? null);
      return new Map(trained.map(({ name, offset, size }) => [name, first.subarray(offset, offset + size)]));
    });
  }

  sample(
    requests: readonly SampleRequest[],
    responder: Responder,
    control?: RunControl,
  ): Promise<readonly SampledSequence[]> {
    return this.#exclusive(async () => {
      this.#checkRequests(requests);
      const parts = distributeRequests(requests, this.#options.replicas);
      const work = requests.reduce((sum, request) => sum + request.maxResponseTokens, 0);
      const prompts = [...new Set(requests.map(({ prompt }) => prompt))].reduce((sum, { length }) => sum + length, 0);
      const results = await this.#pool.each(
        "sample",
        (replica) => [parts[replica] ?? [], control?.onToken !== undefined],
        {
          control,
          work,
          describe: (tokens, rate) => `${prompts} prompt tokens read, ${tokens} sampled, ${perSecond(rate)}`,
          responder,
        },
      );
      const sequences = new Map<number, SampledSequence>();
      parts.forEach((part, replica) =>
        part.forEach(({ index }, i) => {
          const sequence = results[replica]?.[i];
          if (sequence !== undefined) sequences.set(index, sequence);
        }),
      );
      return requests.map((_, index) => {
        const sequence = sequences.get(index);
        if (sequence === undefined) throw new Error(`request ${index} was not answered`);
        return sequence;
      });
    });
  }

  save(folder: string): Promise<void> {
    return this.#exclusive(async () => {
      await writeCompanions(folder, this.#model.companions);
      if (this.#adapter !== null) await writeAdapterConfig(folder, this.#adapter);
      await this.#pool.first("createFiles", folder, this.#steps);
      await this.#pool.each("writeOwn", () => [folder, this.#steps]);
    });
  }

  load(folder: string): Promise<void> {
    return this.#exclusive(async () => {
      await this.#checkShape(folder);
      const steps = await this.#pool.each("load", () => [folder]);
      this.#steps = steps[0] ?? 0;
    });
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #holdReference(folder: string | undefined): Promise<void> {
    if (folder === undefined) throw new Error("a loss with a KL term needs the folder of a reference policy");
    if (folder === this.#reference) return;
    this.#reference = null;
    await this.#checkShape(folder);
    await this.#pool.each("loadReference", () => [folder]);
    this.#reference = folder;
  }

  /** Throws unless the folder's model has this policy's shape and adapters. */
  async #checkShape(folder: string): Promise<void> {
    const { config } = await readModelFolder(folder);
    const adapter = await readAdapterFolder(folder);
    if (adapter !== null && JSON.stringify(adapter.lora) !== JSON.stringify(this.#adapter?.lora))
      throw new Error(`${folder}: adapters of other settings than this policy's`);
    if (JSON.stringify(config) !== JSON.stringify(this.#model.config))
      throw new Error(`${folder}: a model of another shape than ${this.#options.folder}`);
  }

  #checkRequests(requests: readonly SampleRequest[]): void {
    const longest = this.#model.config.maximumPositions;
    requests.forEach(({ prompt, maxResponseTokens }, index) => {
      if (prompt.length === 0) throw new RangeError(`request ${index} has an empty prompt`);
      if (prompt.length + maxResponseTokens > longest) {
        throw new RangeError(
          `request ${index}: prompt (${prompt.length} tokens) and response (at most ${maxResponseTokens}) exceed the model's ${longest} positions`,
        );
      }
    });
  }

  #distribute(
    sequences: readonly SequenceToRun[],
    learns: (sequence: SequenceToRun) => boolean,
    longest = this.#model.config.maximumPositions,
  ): MicroBatch[][] {
    sequences.forEach(({ tokens }, index) => {
      if (tokens.length > longest)
        throw new RangeError(`sequence ${index} has ${tokens.length} tokens; the model takes at most ${longest}`);
    });
    return distributeSequences(sequences, learns, this.#options.microBatchTokens, this.#options.replicas);
  }
}

/** Assigns a micro-batch's log-probabilities to their sequences' tokens. */
function unpack(batch: MicroBatch, results: Float32Array | undefined, values: readonly Float32Array[]): void {
  batch.lossRows.forEach((row, i) => {
    const index = batch.indices[Math.floor(row / batch.length)] ?? 0;
    const target = values[index];
    if (target !== undefined) target[(row % batch.length) + 1] = results?.[i] ?? NaN;
  });
}

/** A rate for a person. */
function perSecond(rate: number): string {
  return `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} tokens a second`;
}
