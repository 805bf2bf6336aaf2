import type { Segment, StopReason } from "../../../domain/trajectory.ts";
import { sampleToken } from "../../../policy/sampleToken.ts";
import type { Continuation, SampledSequence } from "../../../policy/port.ts";
import type { StopStringDetector } from "../../../policy/stopStrings.ts";
import { PositionalUniforms } from "../../../policy/uniform.ts";
import type { IndexedRequest } from "./sampleGroups.ts";

/** Where a sequence stands: generating, waiting for its environment, or ended. */
export type RowState = "running" | "waiting" | "ended";

interface GrowingSegment {
  readonly origin: Segment["origin"];
  readonly tokens: number[];
  readonly logProbabilities: number[];
}

/** One sequence in the making. */
export class SampledRow {
  readonly request: IndexedRequest;
  state: RowState = "running";
  /** Stops so far. */
  turn = 0;
  /** The stop string that the environment is to answer. */
  stopString = "";
  #segments: GrowingSegment[] = [];
  #responseTokens = 0;
  #stopReason: StopReason = "length";
  readonly #uniforms: PositionalUniforms;

  constructor(request: IndexedRequest) {
    this.request = request;
    this.#uniforms = new PositionalUniforms(request.request.seed);
  }

  get temperature(): number {
    return this.request.request.temperature;
  }

  get responseTokens(): number {
    return this.#responseTokens;
  }

  /** Policy tokens since the environment's last answer. */
  get turnTokens(): readonly number[] {
    const segment = this.#segments.at(-1);
    return segment?.origin === "policy" ? segment.tokens : [];
  }

  get lastToken(): number {
    return this.turnTokens.at(-1) ?? 0;
  }

  /** Draws the next token from probabilities and settles what comes after it. */
  extend(probabilities: Float32Array, endOfTextIds: ReadonlySet<number>, detector: StopStringDetector): void {
    const { request } = this.request;
    const token = sampleToken(probabilities, request, this.#uniforms.at(this.#responseTokens));
    const segment = this.#policySegment();
    segment.tokens.push(token);
    segment.logProbabilities.push(Math.log(probabilities[token] ?? 0));
    this.#responseTokens += 1;
    if (endOfTextIds.has(token)) return this.#end("end");
    if (this.#responseTokens >= request.maxResponseTokens) return this.#end("length");
    const stopString = detector.completed(segment.tokens, request.stopStrings);
    if (stopString === null) return;
    this.state = "waiting";
    this.stopString = stopString;
  }

  /** Takes the environment's answer; returns the tokens to take in before the next draw, empty when the sequence ended. */
  proceed(continuation: Continuation): number[] {
    this.turn += 1;
    if (continuation.kind === "end") {
      this.#end(continuation.reason);
      return [];
    }
    const pending = this.lastToken;
    const room = this.request.request.maxResponseTokens - this.#responseTokens;
    const tokens = continuation.tokens.slice(0, room);
    if (tokens.length > 0) this.#segments.push({ origin: "environment", tokens, logProbabilities: [] });
    this.#responseTokens += tokens.length;
    if (this.#responseTokens >= this.request.request.maxResponseTokens) {
      this.#end("length");
      return [];
    }
    // An answer without tokens still ends the turn.
    if (tokens.length === 0) this.#segments.push({ origin: "policy", tokens: [], logProbabilities: [] });
    this.state = "running";
    return [pending, ...tokens];
  }

  result(): SampledSequence {
    return { segments: this.#segments.filter((segment) => segment.tokens.length > 0), stopReason: this.#stopReason };
  }

  #end(reason: StopReason): void {
    this.state = "ended";
    this.#stopReason = reason;
  }

  #policySegment(): GrowingSegment {
    const last = this.#segments.at(-1);
    if (last?.origin === "policy") return last;
    const segment: GrowingSegment = { origin: "policy", tokens: [], logProbabilities: [] };
    this.#segments.push(segment);
    return segment;
  }
}
