import type { Numbers, Tensors } from "../../../onnx/graphSession.ts";
import { floatTensor, integerTensor, smallIntegerTensor } from "../../../onnx/graphSession.ts";
import type { KeyValueCache } from "./keyValueCache.ts";
import type { ModelConfig } from "../model/modelConfig.ts";
import type { StepKind } from "./samplingAttention.ts";

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

export interface StepResult {
  /** [B, V]; valid until the next step. */
  readonly probabilities: Float32Array;
  /** New keys and values of steps that do not write the cache. */
  readonly states: Numbers;
}

/** Runs a step of B sequences, C tokens each, on T cached positions. */
export type RunStep = (
  kind: StepKind,
  inputs: Tensors,
  sizes: { B: number; C: number; T: number },
) => Promise<StepResult>;

export interface BatchSetup {
  readonly config: ModelConfig;
  readonly rows: number;
  /** Positions of each row. */
  readonly positions: number;
  readonly cache: KeyValueCache;
  readonly run: RunStep;
}

/** Sequences that are generated together, each in a row of the cache: takes tokens in, gives the next token's probabilities. */
export class SamplingBatch {
  readonly #vocabularySize: number;
  readonly #positions: number;
  readonly #run: RunStep;
  readonly #cache: KeyValueCache;
  /** Cached positions of each row. */
  readonly #lengths: Int32Array;

  constructor({ config, rows, positions, cache, run }: BatchSetup) {
    this.#vocabularySize = config.vocabularySize;
    this.#positions = positions;
    this.#cache = cache;
    this.#run = run;
    this.#lengths = new Int32Array(rows);
  }

  /** Empties a row. */
  clear(row: number): void {
    this.#lengths[row] = 0;
  }

  /** Makes a row a copy of another. */
  copy(from: number, to: number): void {
    this.#cache.copyRow(from, to, this.#length(from));
    this.#lengths[to] = this.#length(from);
  }

  /** Takes in tokens; returns each row's probabilities of the token after its last one. Long inputs go in chunk by chunk. */
  async take(feeds: readonly Feed[]): Promise<Map<number, Float32Array>> {
    const results = new Map<number, Float32Array>();
    let rest = feeds;
    while (rest.length > 0) {
      const pieces = rest.map((feed) => ({ ...feed, tokens: feed.tokens.slice(0, chunkTokens) }));
      const [starting, going] = [
        pieces.filter(({ row }) => this.#length(row) === 0),
        pieces.filter(({ row }) => this.#length(row) > 0),
      ];
      for (const call of splitCalls(starting)) await this.#takeTogether("start", call, results);
      for (const call of splitCalls(going)) await this.#takeTogether("continue", call, results);
      rest = rest
        .map((feed) => ({ ...feed, tokens: feed.tokens.slice(chunkTokens) }))
        .filter((feed) => feed.tokens.length > 0);
    }
    return results;
  }

  /**
   * One token for each of the first rows, none of them empty; rows whose token is null idle: they are computed and left as
   * they were. Returns probabilities [rows, V], valid until the next step.
   */
  async decode(tokens: readonly (number | null)[], temperatures: readonly number[]): Promise<Float32Array> {
    const rows = tokens.length;
    // Each row's key and value go behind its cached positions; those of idle rows are overwritten later.
    const lengths = this.#lengths.slice(0, rows);
    const inputs = {
      tokens: integerTensor(tokens.map((token) => token ?? 0)),
      positions: integerTensor(lengths, [rows, 1]),
      last: integerTensor(tokens.map((_, row) => row)),
      inverseTemperature: inverse(temperatures),
      lengths: smallIntegerTensor(lengths),
      total: smallIntegerTensor(Int32Array.of(Math.max(...lengths) + 1)),
      ...this.#cache.firstRows(rows),
    };
    const { probabilities } = await this.#run("decode", inputs, { B: rows, C: 1, T: this.#positions });
    tokens.forEach((token, row) => {
      if (token !== null) this.#lengths[row] = this.#length(row) + 1;
    });
    return probabilities;
  }

  async #takeTogether(
    kind: "start" | "continue",
    feeds: readonly Feed[],
    results: Map<number, Float32Array>,
  ): Promise<void> {
    const chunk = Math.max(...feeds.map((feed) => feed.tokens.length));
    const cached = Math.max(...feeds.map((feed) => this.#length(feed.row)));
    const count = feeds.length;
    const tokens = new Int32Array(count * chunk);
    const positions = new Int32Array(count * chunk);
    feeds.forEach((feed, i) => {
      tokens.set(feed.tokens, i * chunk);
      for (let c = 0; c < chunk; c++)
        positions[i * chunk + c] = Math.min(this.#length(feed.row) + c, this.#positions - 1);
    });
    const inputs: Tensors = {
      tokens: integerTensor(tokens),
      positions: integerTensor(positions, [count, chunk]),
      last: integerTensor(feeds.map((feed, i) => i * chunk + feed.tokens.length - 1)),
      inverseTemperature: inverse(feeds.map((feed) => feed.temperature)),
      mask: kind === "start" ? floatTensor(causalMask(chunk), [chunk, chunk]) : this.#cacheMask(feeds, cached, chunk),
      ...(kind === "start"
        ? {}
        : this.#cache.chosenRows(
            feeds.map((feed) => feed.row),
            cached,
          )),
    };
    const { probabilities, states } = await this.#run(kind, inputs, { B: count, C: chunk, T: cached });
    feeds.forEach((feed, i) => {
      this.#cache.write(feed.row, this.#length(feed.row), feed.tokens.length, states, i, chunk);
      this.#lengths[feed.row] = this.#length(feed.row) + feed.tokens.length;
      results.set(feed.row, probabilities.slice(i * this.#vocabularySize, (i + 1) * this.#vocabularySize));
    });
  }

  /** `[B, 1, C, T + C]`: cached positions up to each row's length, new ones causally. */
  #cacheMask(feeds: readonly Feed[], cached: number, chunk: number): Tensors[string] {
    const width = cached + chunk;
    const mask = new Float32Array(feeds.length * chunk * width);
    feeds.forEach((feed, i) => {
      for (let c = 0; c < chunk; c++) {
        const start = (i * chunk + c) * width;
        mask.fill(hidden, start + this.#length(feed.row), start + cached);
        mask.fill(hidden, start + cached + c + 1, start + width);
      }
    });
    return floatTensor(mask, [feeds.length, 1, chunk, width]);
  }

  #length(row: number): number {
    return this.#lengths[row] ?? 0;
  }
}

function inverse(temperatures: readonly number[]): Tensors[string] {
  return floatTensor(
    Float32Array.from(temperatures, (temperature) => (temperature === 0 ? 1 : 1 / temperature)),
    [temperatures.length, 1],
  );
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
