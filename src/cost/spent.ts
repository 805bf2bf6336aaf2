import { join } from "node:path";
import type { RunConfiguration } from "../configuration/configuration.ts";
import type { CostConfiguration } from "../configuration/cost.ts";
import { addUsage, noUsage, type Spent, type Usage } from "../domain/usage.ts";
import { noServiceUsage, openAnswerCache, type ServiceUsage } from "../services/answerCache.ts";
import { databaseFolder } from "../trajectories/lanceLog.ts";
import type { RunLog } from "../trajectories/log.ts";
import { isBaselinePool } from "../evaluation/baselines.ts";

/**
 * What a run took so far, on all its branches. It is read from the log alone: work that was done again after a death counts once,
 * a replay adds nothing, and every process counts the same.
 */
export async function spentOf(
  log: Pick<RunLog, "readUsage">,
  { cost }: Pick<RunConfiguration, "cost">,
  services: ServiceUsage = noServiceUsage,
): Promise<Spent> {
  const { steps, evaluations } = await log.readUsage();
  const own = evaluations.filter(({ pool }) => !isBaselinePool(pool)).map(({ usage }) => usage);
  const policy = own.reduce(addUsage, steps);
  const baselines = evaluations.filter(({ pool }) => isBaselinePool(pool));
  const asked = baselines.reduce((sum, { usage }) => addUsage(sum, usage), noUsage);
  const paid = baselines.reduce((sum, { usage }) => sum + usage.money, services.money);
  return {
    ...policy,
    seconds: policy.seconds + asked.seconds,
    serviceTokens: services.inputTokens + services.outputTokens + asked.sampledTokens + asked.prefilledTokens,
    serviceRequests: services.requests + asked.requests,
    money: withServices(priceOf(policy, cost.price), paid),
  };
}

/** The same with what the run's own judge and extractor were paid for, by the answers that it keeps. */
export async function spentOfRun({ log, configuration }: RunOfLog, openAnswers = openAnswerCache): Promise<Spent> {
  const { judge, extractor, warmStart } = configuration;
  const taught = warmStart.demonstrations.some(({ from }) => from === "teacher");
  const asks = judge !== null || extractor.kind === "model" || taught;
  const services = asks ? await (await openAnswers(join(log.folder, databaseFolder))).usage() : noServiceUsage;
  return spentOf(log, configuration, services);
}

interface RunOfLog {
  readonly log: Pick<RunLog, "folder" | "readUsage">;
  readonly configuration: Pick<RunConfiguration, "cost" | "judge" | "extractor" | "warmStart">;
}

/** At the configured prices; null where there are none. */
export function priceOf(usage: Usage, price: CostConfiguration["price"]): number | null {
  if (price === null) return null;
  const tokens =
    usage.sampledTokens * price.sampled + usage.prefilledTokens * price.prefilled + usage.trainedTokens * price.trained;
  return tokens / 1e6 + (usage.seconds / 3600) * price.hour;
}

function withServices(engine: number | null, services: number): number | null {
  return engine === null ? null : engine + services;
}
