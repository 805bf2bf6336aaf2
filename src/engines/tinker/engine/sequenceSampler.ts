import { createHash } from "node:crypto";
import type { Segment } from "../../../domain/trajectory.ts";
import type { GatheredAnswers } from "../../../policy/gatheredAnswers.ts";
import type { SampledSequence, SampleRequest, Tokenizer } from "../../../policy/port.ts";
import { StopStringDetector } from "../../../policy/stopStrings.ts";
import type { Sample, SamplingSettings } from "../api.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { TinkerReplyError } from "../errors.ts";

/** Options for sampling sequences; the same for all of one call. */
export interface SequenceOptions {
  readonly shown: string;
  readonly dialect: Pick<Dialect, "stopStrings" | "endsByItself">;
  readonly tokenizer: Tokenizer;
  /** Where stop strings are cut off, tokens asked for between two looks for one. */
  readonly tokensPerRequest: number;
  /** Draws one continuation of a prompt, of the model's own tokens. */
  readonly draw: (prompt: readonly number[], settings: SamplingSettings) => Promise<Sample>;
  readonly answers: GatheredAnswers;
  readonly onToken?: ((token: number) => void) | undefined;
}

type Growing = Segment & { readonly tokens: number[]; readonly logProbabilities: number[] };

/** What ended a draw, by the tokens themselves: servers stop late, cut off, or go on behind an end. */
type Ending = { readonly kind: "end" } | { readonly kind: "stop"; readonly stopString: string } | null;

/**
 * Samples one sequence: draws until the model ends it, asks for its continuation at each stop string. Where the server cuts stop strings off,
 * their log-probabilities would be lost, so none is sent there: a few tokens are sampled at a time, and tokens after a stop are dropped.
 */
export async function sampleSequence(
  request: SampleRequest,
  index: number,
  options: SequenceOptions,
): Promise<SampledSequence> {
  const { tokenizer, answers, draw } = options;
  const detector = new StopStringDetector(tokenizer);
  const sendsStops = options.dialect.stopStrings === "included" && request.stopStrings.length > 0;
  const segments: Growing[] = [];
  let length = 0;
  let draws = 0;
  const finish = (stopReason: SampledSequence["stopReason"]): SampledSequence => ({
    segments: segments.filter(({ tokens }) => tokens.length > 0),
    stopReason,
  });
  for (let turn = 0; ; turn++) {
    const own: Growing = { origin: "policy", tokens: [], logProbabilities: [] };
    segments.push(own);
    let ending: Ending = null;
    while (ending === null) {
      const room = request.maxResponseTokens - length;
      if (room <= 0) return finish("length");
      const sample = await draw([...request.prompt, ...segments.flatMap(({ tokens }) => tokens)], {
        samples: 1,
        maxTokens: sendsStops || request.stopStrings.length === 0 ? room : Math.min(room, options.tokensPerRequest),
        temperature: request.temperature,
        topP: request.topP,
        topK: request.topK,
        seed: seedOf(request.seed, draws++),
        stop: sendsStops ? request.stopStrings : [],
      });
      ending = take(own, sample, request, detector, options);
      length = segments.reduce((sum, { tokens }) => sum + tokens.length, 0);
      if (ending === null && sample.stopReason === "stop") {
        // It ended without its end token, which some servers leave out.
        if (options.dialect.endsByItself) return finish("end");
        throw new TinkerReplyError(
          options.shown,
          `stopped a sample at ${JSON.stringify(tokenizer.decode(own.tokens.slice(-12)))}, where no stop string and no end of the text is`,
          "check that policy.tokenizer is the model's own tokenizer, then npm run check-engine -- SERVER --tokenizer DIR",
        );
      }
    }
    if (ending.kind === "end") return finish("end");
    if (length >= request.maxResponseTokens) return finish("length");
    const continuation = await answers.answer({
      request: index,
      turn,
      text: tokenizer.decode(own.tokens),
      stopString: ending.stopString,
    });
    if (continuation.kind === "end") return finish(continuation.reason);
    const tokens = continuation.tokens.slice(0, request.maxResponseTokens - length);
    if (tokens.length > 0) segments.push({ origin: "environment", tokens, logProbabilities: [] });
    length += tokens.length;
    if (length >= request.maxResponseTokens) return finish("length");
  }
}

/** Adds a draw's tokens up to the first that ends or stops it. */
function take(
  own: Growing,
  sample: Sample,
  { stopStrings }: SampleRequest,
  detector: StopStringDetector,
  { shown, tokenizer, onToken }: SequenceOptions,
): Ending {
  for (const [place, token] of sample.tokens.entries()) {
    own.tokens.push(token);
    own.logProbabilities.push(sample.logProbabilities[place] ?? Number.NaN);
    onToken?.(token);
    if (tokenizer.endOfTextIds.has(token)) return { kind: "end" };
    const stopString = detector.completed(own.tokens, stopStrings);
    if (stopString !== null) return { kind: "stop", stopString };
  }
  if (sample.tokens.length === 0 && sample.stopReason !== "stop")
    throw new TinkerReplyError(shown, "answered asample with no tokens", "nothing counts; check the server");
  return null;
}

/** Draws depend on the sample's address and on how many draws it took before, never on when they were made. */
function seedOf(address: string, draw: number): number {
  return createHash("sha256").update(`${address} ${draw}`).digest().readUInt32LE(0) >>> 1;
}
