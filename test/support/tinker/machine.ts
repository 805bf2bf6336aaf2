import type { Dialect } from "../../../src/engines/tinker/dialects/dialect.ts";
import { adamStep, copyBigram, newBigram, normOf, probabilities, uniforms, type Bigram } from "./bigram.ts";
import { emptyGradient, passOver, reduced, type Gradient } from "./losses.ts";
import type { Batch } from "./wire.ts";

export const vocabulary = 32;
/** Ends a text. */
export const endToken = 0;

/** What a fake's tokens are. */
export interface Vocabulary {
  readonly size: number;
  /** Ends a text. */
  readonly end: number;
  readonly text: (tokens: readonly number[]) => string;
  /** Changes the weights of each model that is made. */
  readonly teach?: (model: Bigram) => void;
}
const words: Vocabulary = { size: vocabulary, end: endToken, text: (tokens) => textOf(tokens) };

/** Decodes as a tokenizer of one word a token would. */
export function textOf(tokens: readonly number[]): string {
  return tokens.map((token) => `w${token} `).join("");
}

interface Model {
  bigram: Bigram;
  gradient: Gradient;
  /** What has happened to it. */
  requests: number;
}

export interface SampleInput {
  readonly prompt: readonly number[];
  readonly samples: number;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly stop: readonly (number | string)[];
}

/** A refusal with its status. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** What a server may get wrong whatever its dialect. */
export type Wrong =
  | "shifted" // log-probabilities stand one place too late
  | "hot" // samples come with log-probabilities of another temperature
  | "own-targets" // what was learnt is the next input, whatever the targets
  | "live"; // saved weights to sample from are those in training, whatever they were

/** The models of a fake server and what they do under a dialect; knows nothing of HTTP. */
export class Machine {
  readonly #models = new Map<string, Model>();
  readonly #saved = new Map<string, Bigram>();
  /** Checkpoint that a model's one set of weights was last sampled under, where training and sampling share them. */
  readonly #loaded = new Map<string, string>();
  #made = 0;
  /** Effects by kind: what tests count. */
  readonly effects = { optim_step: 0, forward_backward: 0, asample: 0, create_model: 0 };

  constructor(
    readonly dialect: Dialect,
    readonly wrong: Wrong | null = null,
    readonly vocabulary: Vocabulary = words,
  ) {}

  /** Models that there is room for. */
  mostModels = Infinity;

  get models(): number {
    return this.#models.size;
  }

  createModel(seed: number): string {
    if (this.#models.size >= this.mostModels)
      throw new Refusal(400, `Maximum number of LoRA adapters (${this.mostModels}) reached`);
    const id = `model_${++this.#made}`;
    const bigram = newBigram(this.vocabulary.size, seed);
    this.vocabulary.teach?.(bigram);
    this.#models.set(id, { bigram, gradient: emptyGradient(bigram), requests: 0 });
    this.effects.create_model++;
    return id;
  }

  /** As after a restart: saved states stay. */
  forget(): void {
    this.#models.clear();
    this.#loaded.clear();
  }

  unload(id: string): void {
    this.#models.delete(id);
  }

  has(id: string): boolean {
    return this.#models.has(id);
  }

  pass({ modelId, data, loss, forwardOnly }: Batch): object {
    const model = this.#model(modelId);
    if (!forwardOnly) this.effects.forward_backward++;
    const judged =
      this.wrong === "own-targets"
        ? data.map((datum) => ({ ...datum, targets: [...datum.inputs.slice(1), datum.targets.at(-1) ?? 0] }))
        : data;
    const outputs = passOver(model.bigram, this.dialect, judged, loss, forwardOnly ? null : model.gradient);
    if (this.wrong === "shifted") for (const { logprobs } of outputs) logprobs.unshift(...logprobs.splice(-1));
    return {
      loss_fn_output_type: "scalar",
      loss_fn_outputs: outputs.map((output) =>
        Object.fromEntries(
          Object.entries(output).map(([name, values]) => [
            name,
            { data: values, dtype: "float32", shape: [values.length] },
          ]),
        ),
      ),
      metrics: {},
    };
  }

  step(id: string, adam: Parameters<typeof adamStep>[2] & { readonly grad_clip_norm: number }): object {
    const model = this.#model(id);
    this.effects.optim_step++;
    const gradient = reduced(model.gradient, this.dialect);
    const norm = normOf(gradient);
    const limit = this.dialect.gradientClip === "per-step" ? adam.grad_clip_norm : 0;
    const scale = limit > 0 && norm > limit ? limit / norm : 1;
    adamStep(
      model.bigram,
      gradient.map((value) => value * scale),
      adam,
    );
    model.gradient = emptyGradient(model.bigram);
    return { metrics: { "fake/grad_norm": norm } };
  }

  /** What the next step would take. */
  gradientOf(id: string): Float64Array {
    return reduced(this.#model(id).gradient, this.dialect);
  }

  bigramOf(id: string): Bigram {
    return this.#model(id).bigram;
  }

  save(id: string, kind: "weights" | "sampler_weights", name: string): string {
    const path = `tinker://${id}/${kind}/${name}`;
    if (this.#saved.has(path)) throw new Refusal(409, `Checkpoint '${name}' already exists for model '${id}'`);
    this.#saved.set(path, copyBigram(this.#model(id).bigram));
    this.#loaded.set(id, path);
    return path;
  }

  load(id: string, path: string, optimizer: boolean): void {
    const saved = this.#saved.get(path);
    if (saved === undefined) throw new Refusal(404, `Checkpoint not found: ${path}`);
    const model = this.#model(id);
    if (this.dialect.loadsFirstOnly && model.requests > 1) throw new Refusal(400, "load_weights must come first");
    model.bigram = copyBigram(saved, optimizer || this.dialect.optimizerOnLoad === "always");
    model.gradient = emptyGradient(model.bigram);
  }

  touch(id: string): void {
    const model = this.#models.get(id);
    if (model !== undefined) model.requests++;
  }

  sample(path: string, input: SampleInput): object {
    this.effects.asample++;
    const weights = this.#weightsFor(path);
    const sequences = Array.from({ length: input.samples }, (_, index) =>
      this.#sampleOne(weights, input, input.seed + index),
    );
    return { type: "sample", sequences, prompt_logprobs: null };
  }

  /** Where one set of weights serves both, an older checkpoint takes the place of what is trained. */
  #weightsFor(path: string): Bigram {
    const saved = this.#saved.get(path);
    if (saved === undefined) throw new Refusal(404, `Checkpoint not found: ${path}`);
    const id = /^tinker:\/\/([^/]+)\//u.exec(path)?.[1] ?? "";
    const model = this.#models.get(id);
    if (this.wrong === "live") return model?.bigram ?? saved;
    if (this.dialect.separateSampling || model === undefined) return saved;
    if (this.#loaded.get(id) !== path) model.bigram.weights.set(saved.weights);
    this.#loaded.set(id, path);
    return model.bigram;
  }

  #sampleOne(model: Bigram, { prompt, maxTokens, temperature, stop }: SampleInput, seed: number): object {
    const next = uniforms(seed);
    const tokens: number[] = [];
    const logprobs: number[] = [];
    let last = prompt.at(-1) ?? 0;
    while (tokens.length < maxTokens) {
      const values = probabilities(model, last);
      last = pick(values, temperature, next());
      tokens.push(last);
      logprobs.push(Math.log(values[last] ?? 0) / (this.wrong === "hot" ? 0.7 : 1));
      const ended =
        stop.includes(last) ||
        stop.some((text) => typeof text === "string" && this.vocabulary.text(tokens).includes(text));
      if (ended && this.dialect.stopStrings === "cut") {
        tokens.pop();
        logprobs.pop();
      }
      if (ended || (this.dialect.endsByItself && last === this.vocabulary.end))
        return { tokens, logprobs, stop_reason: "stop" };
    }
    return { tokens, logprobs, stop_reason: "length" };
  }

  #model(id: string): Model {
    const model = this.#models.get(id);
    if (model === undefined) throw new Refusal(400, `Model ${id} not loaded`);
    return model;
  }
}

function pick(values: Float64Array, temperature: number, uniform: number): number {
  if (temperature === 0) return values.indexOf(Math.max(...values));
  let rest = uniform;
  for (const [token, value] of values.entries()) {
    rest -= value;
    if (rest < 0) return token;
  }
  return values.length - 1;
}
