import type { Trajectory } from "../domain/trajectory.ts";
import type { Tokenizer } from "../policy/port.ts";

const opening = "<answer>";
const closing = "</answer>";

/**
 * How sure the sampler was of the answer that it wrote: the probability of all tokens from behind the opening tag to the end of the closing one, as
 * the sampler told it (at temperature 0 the embedded engine tells probabilities of temperature 1). Null where there is no such
 * answer, or the sampler tells no probabilities, as served models do.
 */
export function answerConfidence(
  { segments }: Pick<Trajectory, "segments">,
  tokenizer: Pick<Tokenizer, "decode">,
): number | null {
  const last = segments.findLast(({ origin }) => origin === "policy");
  if (last === undefined || last.logProbabilities.length !== last.tokens.length) return null;
  const text = tokenizer.decode(last.tokens);
  const [start, end] = [text.lastIndexOf(opening), text.lastIndexOf(closing)];
  if (start < 0 || end < start) return null;
  const first = tokensUpTo(last.tokens, start + opening.length, tokenizer);
  const behind = tokensUpTo(last.tokens, end + closing.length, tokenizer);
  return Math.exp(last.logProbabilities.slice(first, behind).reduce((sum, value) => sum + value, 0));
}

/** How many tokens it takes to spell so many characters. */
function tokensUpTo(tokens: readonly number[], characters: number, tokenizer: Pick<Tokenizer, "decode">): number {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (tokenizer.decode(tokens.slice(0, middle)).length < characters) low = middle + 1;
    else high = middle;
  }
  return low;
}
