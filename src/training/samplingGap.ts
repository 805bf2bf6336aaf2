import type { Policy, RunControl, SampleRequest, Sampler } from "../policy/port.ts";

/** Nothing stops a few tokens: a stop string ends them. */
const noAnswers = {
  respond: async (stopped: readonly unknown[]) => stopped.map(() => ({ kind: "end", reason: "call-limit" }) as const),
};

/**
 * Largest |sampled − recomputed| log-probability (nats) of what a sampler answers to a few requests, recomputed by a policy that has the
 * sampler's weights: other weights, or a stale prefix cache, show in it. After an update they would differ anyway.
 */
export async function samplingGap(
  policy: Pick<Policy, "logProbabilities">,
  sampler: Pick<Sampler, "sample">,
  requests: readonly SampleRequest[],
  control: RunControl = {},
): Promise<number> {
  const sampled = await sampler.sample(requests, noAnswers, control);
  const sequences = sampled.map(({ segments: [own] }, index) => ({
    prompt: requests[index]?.prompt ?? [],
    tokens: own?.tokens ?? [],
    logProbabilities: own?.logProbabilities ?? [],
  }));
  const recomputed = await policy.logProbabilities(
    sequences.map(({ prompt, tokens }) => [...prompt, ...tokens]),
    control,
  );
  const gaps = sequences.flatMap(({ prompt, logProbabilities }, index) =>
    logProbabilities.map((value, place) => Math.abs(value - (recomputed[index]?.[prompt.length + place] ?? NaN))),
  );
  return Math.max(0, ...gaps);
}
