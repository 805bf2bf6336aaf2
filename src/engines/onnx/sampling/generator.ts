import type { Continuation, SampledSequence, StoppedTurn, Tokenizer } from "../../../policy/port.ts";
import { StopStringDetector } from "../../../policy/stopStrings.ts";
import type { ModelConfig } from "../model/modelConfig.ts";
import { groupByPrompt } from "./sampleGroups.ts";
import type { IndexedRequest } from "./sampleGroups.ts";
import { SampledRow } from "./sampledRow.ts";
import { cacheRowSize } from "./keyValueCache.ts";
import type { Feed, SamplingBatch } from "./samplingBatch.ts";
import type { SamplingSteps } from "./samplingSteps.ts";

/**
 * Decode steps between the points at which sequences enter, come back from their environment, and leave. Fixed numbers keep
 * results independent of how long an answer takes; several at once make their prefill efficient.
 */
const stepsBetweenExchanges = 8;
const maximumRows = 128;
/** Bound of the cache that limits the rows generated together. */
const cacheBytes = 2 ** 30;

export interface GeneratorHost {
  /** Asks the environment; sequences in request order. */
  respond(stopped: readonly StoppedTurn[]): Promise<readonly Continuation[]>;
  /** Called for each token drawn; null when nobody listens. */
  readonly drawn: ((request: number, token: number) => void) | null;
  /** Called after each step with the response tokens that it settled, and those of them that it drew; throws to cancel. */
  stepped(tokens: number, drawn: number): void;
}

interface Question {
  readonly rows: readonly SampledRow[];
  readonly answers: Promise<readonly Continuation[]>;
}

/** Generates the sequences of one call with continuous batching. */
export class Generator {
  readonly #batch: SamplingBatch;
  readonly #capacity: number;
  readonly #tokenizer: Tokenizer;
  readonly #detector: StopStringDetector;
  readonly #host: GeneratorHost;
  readonly #queue: IndexedRequest[];
  readonly #results = new Map<number, SampledSequence>();
  /** Sequence of each cache row. */
  #rows: SampledRow[] = [];
  #questions: Question[] = [];
  /** Most response tokens that the ended sequences could have had, and the tokens reported as progress. */
  #left = 0;
  #reported = 0;
  /** Tokens drawn since the last report. */
  #drawn = 0;

  constructor(
    config: ModelConfig,
    steps: SamplingSteps,
    tokenizer: Tokenizer,
    requests: readonly IndexedRequest[],
    host: GeneratorHost,
  ) {
    this.#tokenizer = tokenizer;
    this.#detector = new StopStringDetector(tokenizer);
    this.#host = host;
    this.#queue = groupByPrompt(requests).flat();
    const positions = requests.reduce(
      (longest, { request }) => Math.max(longest, request.prompt.length + request.maxResponseTokens),
      1,
    );
    this.#capacity = Math.min(requests.length, rowsThatFit(config, positions));
    this.#batch = steps.startBatch(this.#capacity, positions);
  }

  /** The sequences by the index of their request. */
  async run(): Promise<ReadonlyMap<number, SampledSequence>> {
    let step = 0;
    while (this.#rows.length > 0 || this.#queue.length > 0) {
      const running = this.#rows.some((row) => row.state === "running");
      if (!running || step % stepsBetweenExchanges === 0) await this.#exchange();
      if (this.#rows.some((row) => row.state === "running")) await this.#decode();
      step += 1;
    }
    return this.#results;
  }

  async #exchange(): Promise<void> {
    const feeds = await this.#takeAnswers();
    this.#removeEnded();
    await this.#advance(feeds.filter(({ row }) => row.state === "running"));
    await this.#admit();
  }

  /** Applies the environment's answers; returns what the sequences go on with. */
  async #takeAnswers(): Promise<{ row: SampledRow; tokens: readonly number[] }[]> {
    const questions = this.#questions;
    this.#questions = [];
    const feeds: { row: SampledRow; tokens: readonly number[] }[] = [];
    for (const { rows, answers } of questions) {
      const continuations = await answers;
      rows.forEach((row, i) => {
        const continuation = continuations[i];
        if (continuation === undefined)
          throw new Error(`the environment answered ${continuations.length} of ${rows.length} stopped sequences`);
        feeds.push({ row, tokens: row.proceed(continuation) });
      });
    }
    return feeds;
  }

  /** Ended sequences leave; the last row takes the place of each. */
  #removeEnded(): void {
    for (let place = this.#rows.length - 1; place >= 0; place--) {
      const row = this.#rows[place];
      if (row === undefined || row.state !== "ended") continue;
      this.#results.set(row.request.index, row.result());
      this.#left += row.request.request.maxResponseTokens;
      const last = this.#rows.length - 1;
      if (place !== last) {
        this.#batch.copy(last, place);
        this.#rows[place] = this.#rows[last] as SampledRow;
      }
      this.#batch.clear(last);
      this.#rows.pop();
    }
  }

  /** Waiting requests enter free rows; each prompt is taken in once and copied to the others that share it. */
  async #admit(): Promise<void> {
    const admitted = this.#queue.splice(0, this.#capacity - this.#rows.length);
    if (admitted.length === 0) return;
    const leaders: { feed: Feed; followers: number[] }[] = [];
    for (const group of groupByPrompt(admitted)) {
      const places = group.map((request) => this.#rows.push(new SampledRow(request)) - 1);
      const [leader, ...followers] = places;
      const { prompt, temperature } = group[0]?.request ?? { prompt: [], temperature: 1 };
      if (leader !== undefined) leaders.push({ feed: { row: leader, tokens: prompt, temperature }, followers });
    }
    const probabilities = await this.#batch.take(leaders.map(({ feed }) => feed));
    for (const { feed, followers } of leaders) {
      for (const follower of followers) this.#batch.copy(feed.row, follower);
      for (const place of [feed.row, ...followers]) this.#draw(place, probabilities.get(feed.row));
    }
    this.#ask();
  }

  async #advance(feeds: readonly { row: SampledRow; tokens: readonly number[] }[]): Promise<void> {
    if (feeds.length === 0) return;
    const placed = feeds.map(({ row, tokens }) => ({
      row: this.#rows.indexOf(row),
      tokens,
      temperature: row.temperature,
    }));
    const probabilities = await this.#batch.take(placed);
    for (const { row } of placed) this.#draw(row, probabilities.get(row));
    this.#ask();
    this.#report();
  }

  async #decode(): Promise<void> {
    const tokens = this.#rows.map((row) => (row.state === "running" ? row.lastToken : null));
    const probabilities = await this.#batch.decode(
      tokens,
      this.#rows.map((row) => row.temperature),
    );
    const vocabulary = probabilities.length / tokens.length;
    tokens.forEach((token, place) => {
      if (token !== null) this.#draw(place, probabilities.subarray(place * vocabulary, (place + 1) * vocabulary));
    });
    this.#ask();
    this.#report();
  }

  #draw(place: number, probabilities: Float32Array | undefined): void {
    if (probabilities === undefined) throw new Error(`no probabilities for row ${place}`);
    const row = this.#rows[place];
    row?.extend(probabilities, this.#tokenizer.endOfTextIds, this.#detector);
    this.#drawn += 1;
    if (row !== undefined) this.#host.drawn?.(row.request.index, row.lastToken);
  }

  /** Asks the environment about all sequences that stopped at this step; generation of the others goes on meanwhile. */
  #ask(): void {
    const asked = new Set(this.#questions.flatMap(({ rows }) => rows));
    const rows = this.#rows
      .filter((row) => row.state === "waiting" && !asked.has(row))
      .sort((a, b) => a.request.index - b.request.index);
    if (rows.length === 0) return;
    const stopped = rows.map((row) => ({
      request: row.request.index,
      turn: row.turn,
      text: this.#tokenizer.decode(row.turnTokens),
      stopString: row.stopString,
    }));
    const answers = this.#host.respond(stopped);
    // A failure is thrown where the answers are awaited; without this it would count as unhandled until then.
    answers.catch(() => undefined);
    this.#questions.push({ rows, answers });
  }

  #report(): void {
    const inRows = this.#rows.reduce(
      (sum, row) => sum + (row.state === "ended" ? row.request.request.maxResponseTokens : row.responseTokens),
      0,
    );
    const tokens = this.#left + inRows;
    this.#host.stepped(Math.max(0, tokens - this.#reported), this.#drawn);
    this.#drawn = 0;
    this.#reported = Math.max(tokens, this.#reported);
  }
}

function rowsThatFit(config: ModelConfig, positions: number): number {
  const bytesPerRow = 2 * config.layers * cacheRowSize(config, positions) * Float32Array.BYTES_PER_ELEMENT;
  return Math.max(1, Math.min(maximumRows, Math.floor(cacheBytes / bytesPerRow)));
}
