import { weightsOf } from "../src/cost/modelBytes.ts";
import { meanPromptTokens } from "../src/cost/plan.ts";
import { ratesFor, ratesOfSize, type Rates } from "../src/cost/rates.ts";
import type { Planned } from "../src/cost/pace.ts";
import { timeLeft, type TimeLeft } from "../src/cost/timeLeft.ts";
import { answersOfPool, configuredPools, validationPool } from "../src/curriculum/questions.ts";
import type { OpenRun } from "./workspace.ts";

/**
 * Estimates the seconds that a run still needs, by its log. Before anything is measured, by earlier runs or by the size
 * of its model.
 */
export async function timeLeftOf(root: string, { configuration, dataset, log }: OpenRun): Promise<TimeLeft> {
  const planned = async (): Promise<Planned | null> => {
    const rates = await ratesBefore(root, configuration);
    return rates === null ? null : { promptTokens: meanPromptTokens(configuration, dataset, null), rates };
  };
  const pools = configuredPools(dataset, configuration);
  return timeLeft({
    configuration,
    pools,
    answers: new Map([...pools, validationPool].map((pool) => [pool, answersOfPool(dataset, pool, configuration)])),
    history: await log.history(),
    usage: await log.readUsage(),
    planned,
  });
}

async function ratesBefore(root: string, configuration: OpenRun["configuration"]): Promise<Rates | null> {
  const known = await ratesFor(root, configuration);
  if (known !== null) return known;
  const bytes = await weightsOf(configuration.policy.model);
  return bytes === null ? null : ratesOfSize(bytes);
}
