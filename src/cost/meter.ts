import { addUsage, noUsage, sampledUsage, type Usage } from "../domain/usage.ts";
import type { Policy } from "../policy/port.ts";

/** What answering questions needs of a policy. */
export type AnsweringPolicy = Pick<Policy, "tokenizer" | "maximumTokens" | "sample" | "logProbabilities">;

export interface MeteredPolicy {
  readonly policy: AnsweringPolicy;
  /** Usage of what was asked so far; the seconds are those since it was opened. */
  readonly usage: () => Usage;
}

/** A policy that counts what it is asked. */
export function metered(policy: AnsweringPolicy): MeteredPolicy {
  const started = performance.now();
  let sum = noUsage;
  return {
    policy: {
      tokenizer: policy.tokenizer,
      maximumTokens: policy.maximumTokens,
      sample: async (requests, environment, control) => {
        const sequences = await policy.sample(requests, environment, control);
        const sampled = sequences.map(({ segments }, index) => ({
          promptTokens: [...(requests[index]?.prompt ?? [])],
          segments: [...segments],
        }));
        sum = addUsage(sum, sampledUsage(sampled));
        return sequences;
      },
      logProbabilities: async (sequences, control) => {
        const values = await policy.logProbabilities(sequences, control);
        const prefilledTokens = sequences.reduce((tokens, sequence) => tokens + sequence.length, 0);
        sum = addUsage(sum, { ...noUsage, prefilledTokens, requests: sequences.length });
        return values;
      },
    },
    usage: () => ({ ...sum, seconds: (performance.now() - started) / 1000 }),
  };
}
