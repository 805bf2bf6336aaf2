import { formatShareOf, protocolProbePool } from "../src/curriculum/protocolProbe.ts";
import { questionsOfPool } from "../src/curriculum/questions.ts";
import type { PolicyAddress } from "../src/domain/address.ts";
import type { RunControl, Sampler } from "../src/policy/port.ts";
import { parseResponse } from "../src/protocol/grammar.ts";
import { rolloutOpeningFirst } from "../src/protocol/openingFirst.ts";
import type { EvaluationRecord } from "../src/trajectories/records.ts";
import type { OpenRun } from "./workspace.ts";

export interface ProbedPolicy {
  readonly run: OpenRun;
  readonly sampler: Sampler;
  readonly control: RunControl;
}

/**
 * Answers the protocol probe by greedy sampling with seeds of its own. Only whether answers pass the format gate is
 * measured.
 */
export async function probeProtocol({
  run,
  sampler,
  control,
}: ProbedPolicy): Promise<Pick<EvaluationRecord, "results" | "metrics">> {
  const questions = questionsOfPool(run.dataset, protocolProbePool, run.configuration);
  const clusters = new Map(questions.map(({ id, cluster }) => [id, cluster]));
  const { seed, rollout: limits } = run.configuration;
  const trajectories = await rolloutOpeningFirst({
    sampler,
    environment: run.environment,
    corpus: await run.corpus(),
    questions,
    samples: 1,
    configuration: { ...limits, temperature: 0, topP: 1 },
    address: { runSeed: seed, purpose: "protocol-probe", branch: "", stage: 0, iteration: 0 },
    control,
  });
  const results = trajectories.map(({ questionId, sample, text }) => ({
    questionId,
    cluster: clusters.get(questionId) ?? questionId,
    sample,
    // Nothing is graded here, but a column cannot hold nulls alone.
    correct: false,
    total: 0,
    values: { format: parseResponse(text, run.environment.tags).formatValid ? 1 : 0 },
  }));
  return { results, metrics: { "format/share": formatShareOf({ results }) } };
}

/** Whether the policy of an address is a base that the probe found to break the protocol: its answers need not be sampled to their end. */
export async function breaksProtocol(run: OpenRun, address: PolicyAddress): Promise<boolean> {
  if ((await run.log.history()).policy(address).step > 0) return false;
  const probe = await run.log.findEvaluation(address, protocolProbePool);
  return probe !== null && formatShareOf(probe) < run.configuration.warmStart.minimumFormatShare;
}
