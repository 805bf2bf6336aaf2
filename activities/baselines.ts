import type { PolicyAddress } from "../src/domain/address.ts";
import { openServedModel } from "../src/engines/openai/open.ts";
import type { Baseline } from "../src/engines/openai/settings.ts";
import { environmentOf } from "../src/environments/environmentOf.ts";
import { readBaselinePool } from "../src/evaluation/baselines.ts";
import type { Sampler } from "../src/policy/port.ts";
import type { EvaluationRecord } from "../src/trajectories/records.ts";
import { badInput } from "./failures.ts";
import { orNeedsPerson } from "./orNeedsPerson.ts";
import type { OpenRun } from "./workspace.ts";

type Answers = Pick<EvaluationRecord, "results" | "metrics">;

/**
 * Answers a pool with a baseline's model, as the run's policies do, and records the answers with the usage that the
 * server reports. Errors that no retry cures need a person.
 */
export async function answerBaseline(
  run: OpenRun,
  address: PolicyAddress,
  pool: string,
  answer: (run: OpenRun, pool: string, sampler: Sampler) => Promise<Answers>,
): Promise<EvaluationRecord> {
  const named = readBaselinePool(pool);
  const baseline = run.configuration.baselines.find(({ name }) => name === named?.baseline);
  if (named === null || baseline === undefined) throw badInput(`pools: run ${run.name} has no baseline for ${pool}`);
  const started = performance.now();
  return orNeedsPerson(async () => {
    const { name: _, model, retrieval: __, ...settings } = baseline;
    const sampler = await openServedModel(settings, model);
    const answers = await answer(asAsked(run, baseline), named.pool, sampler);
    const { requests, inputTokens, outputTokens, refused } = sampler.served;
    const usage = {
      sampledTokens: outputTokens,
      prefilledTokens: inputTokens,
      trainedTokens: 0,
      requests,
      seconds: (performance.now() - started) / 1000,
      money: (inputTokens * settings.price.input + outputTokens * settings.price.output) / 1e6,
    };
    const { results, metrics } = answers;
    return run.log.appendEvaluation({
      ...address,
      pool,
      results,
      metrics: {
        ...metrics,
        "service/requests": requests,
        "service/tokens/in": inputTokens,
        "service/tokens/out": outputTokens,
        "service/cost": usage.money,
        "service/refused": refused,
      },
      usage,
    });
  }, `baseline ${baseline.name}`);
}

/** Without retrieval a model has no tools, and its prompt names none. */
function asAsked(run: OpenRun, { retrieval }: Baseline): OpenRun {
  return retrieval ? run : { ...run, environment: environmentOf({ ...run.configuration, environments: [] }) };
}
