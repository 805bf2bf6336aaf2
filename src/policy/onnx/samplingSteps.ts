import type { Tensors, ProviderOptions } from "./graphSession.ts";
import { GraphSession, floatTensor, integerTensor } from "./graphSession.ts";
import { KeyValueCache } from "./keyValueCache.ts";
import type { ModelLayout } from "./lora.ts";
import type { ModelConfig } from "./modelConfig.ts";
import type { Parameter } from "./parameters.ts";
import type { ReplicaState } from "./replicaState.ts";
import { rotaryTables } from "./rope.ts";
import type { RotaryTables } from "./rope.ts";
import { buildSamplingGraph, fusedWeights } from "./samplingGraph.ts";
import type { CacheUse } from "./samplingGraph.ts";

/** Added to attention scores that a token must not see. */
const hidden = -1e9;
/** Tokens that one sequence takes in at most per call, which bounds the memory of attention scores. */
const chunkTokens = 256;
/** Padded tokens of all sequences of one call. */
const callTokens = 4096;

/** Tokens that a cache row goes on with. */
export interface Feed {
  readonly row: number;
  readonly tokens: readonly number[];
  readonly temperature: number;
}

/** Runs the steps of generation on one replica's weights: takes tokens in, keeps the cache, gives the next token's probabilities. */
export class SamplingSteps {
  readonly #config: ModelConfig;
  readonly #options: ProviderOptions;
  readonly #layout: ModelLayout;
  readonly #weights: Tensors;
  readonly #sessions = new Map<CacheUse, Promise<GraphSession>>();
  #rotary: RotaryTables & { readonly positions: number } = { positions: 0, cosine: new Float32Array(0), sine: new Float32Array(0) };

  constructor(config: ModelConfig, state: ReplicaState, options: ProviderOptions) {
    this.#config = config;
    this.#options = options;
    this.#layout = state.layout;
    this.#weights = samplingWeights(config, state);
  }

  startBatch(rows: number): SamplingBatch {
    return new SamplingBatch(this.#config, rows, (use, inputs, sizes) => this.#run(use, inputs, sizes));
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).close();
    this.#sessions.clear();
  }

  async #run(use: CacheUse, inputs: Tensors, sizes: { B: number; C: number; T: number; positions: number }): Promise<{ probabilities: Float32Array; states: Float32Array }> {
    let session = this.#sessions.get(use);
    if (session === undefined) {
      session = GraphSession.create(buildSamplingGraph(this.#config, this.#layout, use), this.#options);
      this.#sessions.set(use, session);
    }
    if (this.#rotary.positions < sizes.positions) this.#rotary = { positions: sizes.positions, ...rotaryTables(this.#config, sizes.positions) };
    const dims = [this.#rotary.positions, this.#config.headSize / 2];
    const tables = { cosine: floatTensor(this.#rotary.cosine, dims), sine: floatTensor(this.#rotary.sine, dims) };
    const { B, C, T } = sizes;
    const bound = { B, C, T, Q: B * C, U: T + C, R: (C * this.#config.heads) / this.#config.keyValueHeads };
    const { vocabularySize, keyValueHeads, headSize, layers } = this.#config;
    const probabilities = new Float32Array(B * vocabularySize);
    const states = new Float32Array(B * keyValueHeads * 2 * layers * C * headSize);
    await (await session).runInto({ ...this.#weights, ...tables, ...inputs }, bound, {
      probabilities: floatTensor(probabilities, [B, vocabularySize]),
      states: floatTensor(states, [B, keyValueHeads, 2 * layers * C, headSize]),
    });
    return { probabilities, states };
  }
}

type RunStep = (use: CacheUse, inputs: Tensors, sizes: { B: number; C: number; T: number; positions: number }) => Promise<{ probabilities: Float32Array; states: Float32Array }>;

/** The cache rows of sequences that are generated together. */
export class SamplingBatch {
  readonly #config: ModelConfig;
  readonly #run: RunStep;
  readonly #cache: KeyValueCache;
  /** Cached positions of each row. */
  readonly #lengths: number[];
  /** Mask of a decode step [rows, positions + 1], kept from step to step. */
  #mask = new Float32Array(0);

  constructor(config: ModelConfig, rows: number, run: RunStep) {
    this.#config = config;
    this.#run = run;
    this.#cache = new KeyValueCache(config, rows);
    this.#lengths = Array.from({ length: rows }, () => 0);
  }

  length(row: number): number {
    return this.#lengths[row] ?? 0;
  }

  /** Empties a row. */
  clear(row: number): void {
    this.#setLength(row, 0);
  }

  /** Makes a row a copy of another. */
  copy(from: number, to: number): void {
    this.#cache.copyRow(from, to, this.length(from));
    this.#setLength(to, this.length(from));
  }

  /** Takes in tokens; returns each row's probabilities of the token after its last one. Long inputs go in chunk by chunk. */
  async take(feeds: readonly Feed[]): Promise<Map<number, Float32Array>> {
    const results = new Map<number, Float32Array>();
    let rest = feeds;
    while (rest.length > 0) {
      const pieces = rest.map((feed) => ({ ...feed, tokens: feed.tokens.slice(0, chunkTokens) }));
      const [starting, going] = [pieces.filter(({ row }) => this.length(row) === 0), pieces.filter(({ row }) => this.length(row) > 0)];
      for (const call of splitCalls(starting)) await this.#takeTogether("none", call, results);
      for (const call of splitCalls(going)) await this.#takeTogether("some", call, results);
      rest = rest.map((feed) => ({ ...feed, tokens: feed.tokens.slice(chunkTokens) })).filter((feed) => feed.tokens.length > 0);
    }
    return results;
  }

  /**
   * One token for each of the first rows; rows whose token is null idle: they are computed and left as they were.
   * Returns probabilities [rows, V].
   */
  async decode(tokens: readonly (number | null)[], temperatures: readonly number[]): Promise<Float32Array> {
    const rows = tokens.length;
    this.#reserve(Math.max(...this.#lengths.slice(0, rows)) + 1);
    const positions = this.#cache.positions;
    const inputs = {
      tokens: integerTensor(tokens.map((token) => token ?? 0)),
      positions: integerTensor(this.#lengths.slice(0, rows), [rows, 1]),
      last: integerTensor(tokens.map((_, row) => row)),
      inverseTemperature: inverse(temperatures),
      mask: floatTensor(this.#mask.subarray(0, rows * (positions + 1)), [rows, 1, 1, positions + 1]),
      ...this.#cache.tensors(rows),
    };
    const { probabilities, states } = await this.#run("all", inputs, { B: rows, C: 1, T: positions, positions });
    tokens.forEach((token, row) => {
      if (token === null) return;
      this.#cache.write(row, this.length(row), 1, states, row, 1);
      this.#mask[row * (positions + 1) + this.length(row)] = 0;
      this.#lengths[row] = this.length(row) + 1;
    });
    return probabilities;
  }

  async #takeTogether(use: "none" | "some", feeds: readonly Feed[], results: Map<number, Float32Array>): Promise<void> {
    const chunk = Math.max(...feeds.map((feed) => feed.tokens.length));
    const count = feeds.length;
    this.#reserve(Math.max(...feeds.map((feed) => this.length(feed.row) + feed.tokens.length)) + 1);
    const tokens = new Int32Array(count * chunk);
    const positions = new Int32Array(count * chunk);
    feeds.forEach((feed, i) => {
      tokens.set(feed.tokens, i * chunk);
      for (let c = 0; c < chunk; c++) positions[i * chunk + c] = Math.min(this.length(feed.row) + c, this.#cache.positions - 1);
    });
    const inputs: Tensors = {
      tokens: integerTensor(tokens),
      positions: integerTensor(positions, [count, chunk]),
      last: integerTensor(feeds.map((feed, i) => i * chunk + feed.tokens.length - 1)),
      inverseTemperature: inverse(feeds.map((feed) => feed.temperature)),
      mask: use === "none" ? floatTensor(causalMask(chunk), [chunk, chunk]) : this.#cacheMask(feeds, chunk),
      ...(use === "none" ? {} : { rows: integerTensor(feeds.map((feed) => feed.row)), ...this.#cache.tensors(Math.max(...feeds.map((feed) => feed.row)) + 1) }),
    };
    const { probabilities, states } = await this.#run(use, inputs, { B: count, C: chunk, T: this.#cache.positions, positions: this.#cache.positions });
    const vocabulary = this.#config.vocabularySize;
    feeds.forEach((feed, i) => {
      this.#cache.write(feed.row, this.length(feed.row), feed.tokens.length, states, i, chunk);
      this.#setLength(feed.row, this.length(feed.row) + feed.tokens.length);
      results.set(feed.row, probabilities.subarray(i * vocabulary, (i + 1) * vocabulary));
    });
  }

  /** [B, 1, C, T + C]: cached positions up to each row's length, new ones causally. */
  #cacheMask(feeds: readonly Feed[], chunk: number): Tensors[string] {
    const cached = this.#cache.positions;
    const width = cached + chunk;
    const mask = new Float32Array(feeds.length * chunk * width);
    feeds.forEach((feed, i) => {
      for (let c = 0; c < chunk; c++) {
        const start = (i * chunk + c) * width;
        mask.fill(hidden, start + this.length(feed.row), start + cached);
        mask.fill(hidden, start + cached + c + 1, start + width);
      }
    });
    return floatTensor(mask, [feeds.length, 1, chunk, width]);
  }

  #reserve(needed: number): void {
    if (!this.#cache.reserve(needed)) return;
    this.#mask = new Float32Array(this.#lengths.length * (this.#cache.positions + 1));
    this.#lengths.forEach((_, row) => this.#maskRow(row));
  }

  #setLength(row: number, length: number): void {
    this.#lengths[row] = length;
    this.#maskRow(row);
  }

  #maskRow(row: number): void {
    const width = this.#cache.positions + 1;
    const start = row * width;
    this.#mask.fill(0, start, start + this.length(row));
    this.#mask.fill(hidden, start + this.length(row), start + width - 1);
    this.#mask[start + width - 1] = 0;
  }
}

function inverse(temperatures: readonly number[]): Tensors[string] {
  return floatTensor(Float32Array.from(temperatures, (temperature) => (temperature === 0 ? 1 : 1 / temperature)), [temperatures.length, 1]);
}

/** Like lengths together, each call within its budget of padded tokens. */
function splitCalls(feeds: readonly Feed[]): Feed[][] {
  const sorted = feeds.toSorted((a, b) => b.tokens.length - a.tokens.length || a.row - b.row);
  const calls: Feed[][] = [];
  for (const feed of sorted) {
    const call = calls.at(-1);
    if (call !== undefined && (call.length + 1) * (call[0]?.tokens.length ?? 0) <= callTokens) call.push(feed);
    else calls.push([feed]);
  }
  return calls;
}

function causalMask(length: number): Float32Array {
  const values = new Float32Array(length * length);
  for (let row = 0; row < length; row++) values.fill(hidden, row * length + row + 1, (row + 1) * length);
  return values;
}

/** Views of the flat weights under the names of the sampling graph. */
function samplingWeights(config: ModelConfig, state: ReplicaState): Tensors {
  const tensors: Tensors = {};
  for (const parameter of state.parameters) tensors[parameter.name] = floatTensor(state.weight(parameter), parameter.dims);
  const parameters = new Map(state.parameters.map((parameter) => [parameter.name, parameter]));
  for (let layer = 0; layer < config.layers; layer++) {
    for (const [fused, parts] of Object.entries(fusedWeights)) {
      for (const kind of ["weight", "bias"]) {
        const found = parts.map((part) => parameters.get(`model.layers.${layer}.${part}.${kind}`)).filter((parameter) => parameter !== undefined);
        const view = adjoiningView(state, found);
        if (view !== null) tensors[`model.layers.${layer}.${fused}.${kind}`] = view;
        for (const part of found) delete tensors[part.name];
      }
    }
  }
  return tensors;
}

function adjoiningView(state: ReplicaState, parts: readonly Parameter[]): Tensors[string] | null {
  const [first] = parts;
  if (first === undefined) return null;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const rows = parts.reduce((sum, part) => sum + (part.dims[0] ?? 0), 0);
  const values = state.layout.frozen.length > 0 ? state.frozenWeights : state.weights;
  return floatTensor(values.subarray(first.offset, first.offset + size), [rows, ...first.dims.slice(1)]);
}
