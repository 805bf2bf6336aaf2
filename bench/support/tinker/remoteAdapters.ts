import { execFile } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { AdamSettings, RemoteModel, TinkerClient } from "../../../src/engines/tinker/api.ts";
import { dialectNamed } from "../../../src/engines/tinker/dialects/table.ts";
import { learn, type LearnRequest } from "../../../src/engines/tinker/objective/learn.ts";
import { adaptableModules, type AdaptableModule, type LoraSettings } from "../../../src/engines/onnx/model/lora.ts";
import { writeAdapterConfig } from "../../../src/engines/onnx/model/adapterFolder.ts";
import { adapterWeightsFile } from "../../../src/engines/onnx/model/modelFolder.ts";
import { SafetensorsFile } from "../../../src/onnx/safetensors.ts";
import { plainDatum } from "../../../src/engines/tinker/objective/data.ts";
import type { TrainingSequence } from "../../../src/policy/port.ts";

const run = promisify(execFile);

/** SkyRL's alpha is fixed; projections of attention and of the feed-forward part have adapters. */
export const remoteLora: LoraSettings = {
  rank: 8,
  alpha: 32,
  targetModules: Object.keys(adaptableModules) as AdaptableModule[],
};

/**
 * Without moments, and with a summand that swamps what Adam divides by, a step moves every weight by −`stride` times its gradient. So large a
 * stride that the weights' own rounding does not show in the difference, also where gradients are small.
 */
const stride = 1e6;
const summand = 1e6;
const proportional: AdamSettings = {
  learningRate: stride * summand,
  beta1: 0,
  beta2: 0,
  epsilon: summand,
  weightDecay: 0,
  gradientClip: 0,
};

/** By the checkpoint's names, without PEFT's prefix. */
export type Tensors = ReadonlyMap<string, Float32Array>;

export interface Measured {
  /** PEFT folder of the adapters that the gradient was taken at. */
  readonly folder: string;
  readonly gradient: Tensors;
}

/** Adapters of one model on a SkyRL server whose saved states lie in `states`: what they hold shows in what the server exports. */
export class RemoteAdapters {
  #calls = 0;
  readonly #model: RemoteModel;

  private constructor(
    readonly client: TinkerClient,
    model: RemoteModel,
    readonly places: { readonly base: string; readonly states: string; readonly work: string },
  ) {
    this.#model = model;
  }

  static async create(client: TinkerClient, places: RemoteAdapters["places"]): Promise<RemoteAdapters> {
    const { rank } = remoteLora;
    const source = { baseModel: places.base, rank, seed: 1, index: 0 };
    return new RemoteAdapters(client, await client.createModel(await client.openSession(), source), places);
  }

  /** Log-probability of each token, 0 for the first. */
  async logProbabilities(sequences: readonly TrainingSequence[]): Promise<number[][]> {
    const { logProbabilities } = await this.client.forward(this.#model, sequences.map(plainDatum), this.#next());
    return logProbabilities.map((values) => [0, ...values]);
  }

  /** One step on cross-entropy: fresh adapters have no gradient in their first halves. */
  async warmUp(sequences: readonly TrainingSequence[]): Promise<void> {
    await this.client.forwardBackward(this.#model, sequences.map(plainDatum), { name: "cross_entropy" }, this.#next());
    await this.client.optimizerStep(this.#model, { ...proportional, learningRate: 0.02, epsilon: 1e-8 }, this.#next());
  }

  /** The gradient by the client's own calls, as the server's optimiser sees it. Moves the model far away. */
  async gradient(request: LearnRequest): Promise<Measured> {
    const folder = await this.export("before");
    await learn(this.client, this.#model, request, { forward: this.#next(), forwardBackward: this.#next() });
    await this.client.optimizerStep(this.#model, proportional, this.#next());
    const [before, after] = [await readAdapters(folder), await readAdapters(await this.export("after"))];
    const gradient = new Map(
      [...before].map(([name, values]) => {
        const moved = after.get(name) ?? new Float32Array();
        return [name, values.map((value, index) => (value - (moved[index] ?? NaN)) / stride)];
      }),
    );
    return { folder, gradient };
  }

  /** A PEFT folder of the adapters as they are. */
  async export(name: string): Promise<string> {
    const { base, states, work } = this.places;
    const uri = await this.client.saveForSampling(this.#model, name, this.#next());
    const folder = join(work, `${this.#model.modelId}-${name}`);
    await mkdir(folder);
    const archive = join(states, this.#model.modelId, "sampler_weights", `${uri.split("/").at(-1)}.tar.gz`);
    await run("tar", ["--extract", "--gzip", "--file", archive, "--directory", folder]);
    for (const file of ["config.json", "tokenizer.json", "tokenizer_config.json"])
      await copyFile(join(base, file), join(folder, file));
    await writeAdapterConfig(folder, { baseFolder: base, lora: remoteLora });
    return folder;
  }

  async unload(): Promise<void> {
    await this.client.unload(this.#model);
  }

  #next(): { sequence: number } {
    return { sequence: ++this.#calls };
  }
}

export const remoteDialect = dialectNamed("skyrl-jax");

async function readAdapters(folder: string): Promise<Tensors> {
  const file = await SafetensorsFile.open(join(folder, adapterWeightsFile));
  try {
    const tensors = new Map<string, Float32Array>();
    for (const [name, { dims }] of file.tensors) {
      const values = new Float32Array(dims.reduce((size, length) => size * length, 1));
      await file.readInto(name, values);
      tensors.set(name.replace(/^base_model\.model\./u, ""), values);
    }
    return tensors;
  } finally {
    await file.close();
  }
}
