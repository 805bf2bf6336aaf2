import type { OfRun, StagePosition } from "../src/domain/address.ts";
import { seedText } from "../src/domain/seed.ts";
import { questionsOfStep } from "../src/curriculum/questions.ts";
import type { Policy, SampleRequest, Tokenizer } from "../src/policy/port.ts";
import { samplingGap } from "../src/training/samplingGap.ts";
import { gapMetric, overlappedMetric } from "../src/training/staleness.ts";
import type { Timings } from "../src/trajectories/timings.ts";
import type { ActivityControl } from "./heartbeat.ts";
import { sample, type OverlappedRollout } from "./rollouts.ts";
import type { OpenRun } from "./workspace.ts";

/** The next iteration's rollout, sampled with the weights of before an update while that goes on. */
export interface RolloutAhead {
  /** Waits for it. `update`: when the update began and ended, by `performance.now()`. */
  finished(update: { readonly began: number; readonly ended: number }): Promise<OverlappedRollout>;
  /** Ends it, for nobody needs it, and waits for its end. */
  abandon(): Promise<void>;
}

/** Prompts and tokens of the proof that the sampler has the policy's weights. */
const proof = { prompts: 4, tokens: 16 } as const;

/**
 * Begins the next iteration's rollout with the policy as it is, and proves that it is sampled by these weights. Resolves when the policy may
 * learn.
 */
export async function rollOutAhead(
  run: OpenRun,
  policy: Policy,
  next: OfRun<StagePosition>,
  { signal }: Pick<ActivityControl, "signal">,
): Promise<RolloutAhead> {
  if (policy.freeze === undefined)
    throw new Error(`rollout.staleness: the engine ${policy.fingerprint} cannot sample while it learns`);
  const abandoned = new AbortController();
  // The update tells how far it is.
  const control = { signal: AbortSignal.any([signal, abandoned.signal]), onProgress: () => undefined };
  const stateHash = await policy.stateHash();
  const frozen = await policy.freeze(control);
  const proving = samplingGap(policy, frozen, proofRequests(run, policy.tokenizer, next), control);
  const sampling = sample(run, { ...frozen, fingerprint: policy.fingerprint }, next, control).then((sampled) => ({
    sampled,
    ended: performance.now(),
  }));
  // Awaited below. Without this, a failure would count as unhandled where the proof or the update fails first.
  sampling.catch(() => undefined);
  const abandon = async (): Promise<void> => {
    abandoned.abort();
    await sampling.catch(() => undefined);
  };
  const gap = await proving.catch(async (error: unknown) => {
    await abandon();
    throw error;
  });
  return {
    finished: async (update) => {
      const { sampled, ended } = await sampling;
      const overlapped = Math.max(0, Math.min(update.ended, ended) - update.began) / 1000;
      return {
        ...sampled,
        timings: { ...withoutOverlap(sampled.timings, overlapped), [gapMetric]: gap },
        stateHash,
        staleness: 1,
      };
    },
    abandon,
  };
}

/** Leaves out of a rollout's seconds those that an update's seconds count already. */
function withoutOverlap(timings: Timings, overlapped: number): Timings {
  const total = Object.values(timings).reduce((sum, seconds) => sum + seconds, 0);
  const share = Math.max(0, total - overlapped) / Math.max(total, Number.MIN_VALUE);
  const own = Object.entries(timings).map(([name, seconds]) => [name, seconds * share] as const);
  return { ...Object.fromEntries(own), [overlappedMetric]: Math.min(total, overlapped) };
}

/** The beginning of an answer to the iteration's first questions. */
function proofRequests(
  { configuration, dataset, environment }: OpenRun,
  tokenizer: Tokenizer,
  { step, branch }: OfRun<StagePosition>,
): SampleRequest[] {
  const { seed, rollout } = configuration;
  const questions = questionsOfStep(dataset.training, { seed, step, count: rollout.questions }).slice(0, proof.prompts);
  return questions.map((question) => ({
    prompt: environment.prompt(tokenizer, question),
    seed: seedText([seed, branch, "sampler-proof", step, question.id]),
    temperature: rollout.temperature,
    topP: 1,
    topK: 0,
    maxResponseTokens: Math.min(proof.tokens, rollout.maxResponseTokens),
    stopStrings: [],
  }));
}
