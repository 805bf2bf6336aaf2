import type { Trajectory } from "../domain/trajectory.ts";
import { rollout, type RolloutOptions } from "./rollout.ts";

/** Tokens that hold blanks and a think tag in any tokenizer. */
const openingTokens = 16;

/**
 * A rollout that samples no further than it must to tell who breaks the format: a response that does not begin with a think block
 * fails the gate whatever follows, and is left at its opening. The others are those of a whole rollout, token by token.
 */
export async function rolloutOpeningFirst(options: RolloutOptions): Promise<Trajectory[]> {
  const { configuration, questions } = options;
  const maxResponseTokens = Math.min(openingTokens, configuration.maxResponseTokens);
  const opened = await rollout({ ...options, configuration: { ...configuration, maxResponseTokens } });
  const promising = new Set(opened.filter(({ text }) => mayPass(text)).map(({ questionId }) => questionId));
  if (promising.size === 0) return opened;
  const whole = await rollout({ ...options, questions: questions.filter(({ id }) => promising.has(id)) });
  const found = new Map(whole.map((trajectory) => [placeOf(trajectory), trajectory]));
  return opened.map((trajectory) => found.get(placeOf(trajectory)) ?? trajectory);
}

function placeOf({ questionId, sample }: Trajectory): string {
  return `${sample} ${questionId}`;
}

/** Whether what was written is the beginning of a think block, or may become one. */
function mayPass(text: string): boolean {
  const written = text.trimStart();
  return written.startsWith("<think>") || "<think>".startsWith(written);
}
