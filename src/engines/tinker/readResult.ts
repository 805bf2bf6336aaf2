import type { LossOutput, Sample, SamplingSettings } from "./api.ts";
import type { Datum } from "./datum.ts";
import { TinkerReplyError } from "./errors.ts";
import { LossTensor, type SampleResult } from "./results.ts";

const advice = "no step is counted on it; check the server's version (npm run check-engine)";

/** Throws TinkerReplyError for other lengths than asked, and where log-probabilities are missing or no finite numbers. */
export function readLossResult(
  shown: string,
  path: string,
  data: readonly Datum[],
  { loss_fn_outputs: outputs, metrics }: { loss_fn_outputs: Record<string, unknown>[]; metrics?: unknown },
): LossOutput {
  const refuse = (what: string): TinkerReplyError => new TinkerReplyError(shown, `answered ${path} ${what}`, advice);
  if (outputs.length !== data.length) throw refuse(`for ${outputs.length} sequences, asked were ${data.length}`);
  const logProbabilities = outputs.map((output, index) => {
    const wanted = data[index]?.targets.length ?? 0;
    const parsed = LossTensor.safeParse(output["logprobs"]);
    if (!parsed.success) throw refuse(`without log-probabilities for sequence ${index}`);
    if (parsed.data.length !== wanted)
      throw refuse(`with ${parsed.data.length} log-probabilities for sequence ${index}, which has ${wanted} targets`);
    // Rounding may lift the log-probability of a sure token a little over 0.
    if (!parsed.data.every((value) => Number.isFinite(value) && value <= 1e-3))
      throw refuse(`with log-probabilities for sequence ${index} that are none`);
    return parsed.data;
  });
  const losses = outputs.map((output) => LossTensor.safeParse(output["elementwise_loss"]).data ?? null);
  return {
    logProbabilities,
    elementLosses: losses.every((loss) => loss !== null) ? losses : null,
    metrics: numbersIn(metrics ?? {}),
  };
}

/** Throws TinkerReplyError for another number of samples, samples that are too long, and missing log-probabilities. */
export function readSamples(
  shown: string,
  { samples, maxTokens }: Pick<SamplingSettings, "samples" | "maxTokens">,
  { sequences }: SampleResult,
): Sample[] {
  const refuse = (what: string): TinkerReplyError => new TinkerReplyError(shown, `answered asample ${what}`, advice);
  if (sequences.length !== samples) throw refuse(`with ${sequences.length} samples, asked were ${samples}`);
  return sequences.map(({ tokens, logprobs, stop_reason: stopReason }, index) => {
    if (tokens.length > maxTokens)
      throw refuse(`with ${tokens.length} tokens in sample ${index}, asked were at most ${maxTokens}`);
    if (logprobs === null || logprobs === undefined) throw refuse(`without log-probabilities for sample ${index}`);
    if (logprobs.length !== tokens.length)
      throw refuse(`with ${logprobs.length} log-probabilities for the ${tokens.length} tokens of sample ${index}`);
    const logProbabilities = logprobs.filter((value) => value !== null && Number.isFinite(value) && value <= 1e-3);
    if (logProbabilities.length !== tokens.length)
      throw refuse(`with log-probabilities of sample ${index} that are none`);
    return { tokens, logProbabilities: logProbabilities as number[], stopReason: stopReason ?? null };
  });
}

/** The finite numbers among a server's figures, by name. */
export function numbersIn(metrics: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}
