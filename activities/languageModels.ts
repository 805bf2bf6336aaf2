import { join } from "node:path";
import type { AnswerCache } from "../src/services/answerCache.ts";
import type { ServedModel } from "../src/configuration/languageModelSettings.ts";
import { findService } from "../src/services/serviceList.ts";
import { openLanguageModel, type LanguageModel, type Usage } from "../src/services/languageModel.ts";
import { databaseFolder } from "../src/trajectories/lanceLog.ts";
import { keptAnswers } from "./keptAnswers.ts";
import { orNeedsPerson } from "./orNeedsPerson.ts";
import type { OpenRun } from "./workspace.ts";

/** Models that this process has open, by the cache of their answers. */
const models = new WeakMap<AnswerCache, Map<string, LanguageModel>>();

/** Works with a configured model whose answers are kept in a folder's database. What no retry helps (a wrong key) needs a person. */
export async function withModel<T>(
  keptIn: string,
  configuration: ServedModel,
  work: (model: LanguageModel) => Promise<T>,
): Promise<T> {
  return orNeedsPerson(async () => work(await modelOf(configuration, keptIn)));
}

/** The same for a model of a run. */
export function withRunModel<T>(
  { folder }: Pick<OpenRun, "folder">,
  configuration: ServedModel,
  work: (model: LanguageModel) => Promise<T>,
): Promise<T> {
  return withModel(join(folder, databaseFolder), configuration, work);
}

async function modelOf({ service, ...settings }: ServedModel, keptIn: string): Promise<LanguageModel> {
  const { url, keyVariable } = findService(service, process.env);
  const configuration = { ...settings, baseUrl: url, keyVariable };
  const cache = await keptAnswers(keptIn);
  const open = models.get(cache) ?? new Map<string, LanguageModel>();
  models.set(cache, open);
  const key = JSON.stringify(configuration);
  const model = open.get(key) ?? openLanguageModel(configuration, cache);
  open.set(key, model);
  return model;
}

const counted: Readonly<Record<keyof Usage, string>> = {
  requests: "requests",
  fromCache: "cached",
  unusable: "unusable",
  inputTokens: "tokens/in",
  outputTokens: "tokens/out",
  cost: "cost",
};

/**
 * Counts the requests to the run's judge and extractor during `work`, as metrics `judge/cost`, `extractor/requests` and
 * so on; no metrics where it has neither.
 */
export async function countUsage<T>(
  run: OpenRun,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly metrics: Record<string, number> }> {
  const asked = askedModels(run);
  const totals = (): Promise<Record<string, number>> => usageOf(run, asked);
  const before = await totals();
  const result = await work();
  const after = await totals();
  return {
    result,
    metrics: Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)])),
  };
}

/** The last unusable replies of the run's judge and extractor, in words; null where there were none. */
export async function whyUnusable(run: OpenRun): Promise<string | null> {
  const reasons: string[] = [];
  for (const [role, configuration] of Object.entries(askedModels(run))) {
    const why = await withRunModel(run, configuration, (model) => Promise.resolve(model.whyUnusable()));
    if (why !== null) reasons.push(`${role}: ${why}`);
  }
  return reasons.length === 0 ? null : reasons.join("; ");
}

function askedModels({ configuration: { judge, extractor } }: OpenRun): Readonly<Record<string, ServedModel>> {
  return {
    ...(judge === null ? {} : { judge }),
    ...(extractor.kind === "model" ? { extractor: extractor.model } : {}),
  };
}

async function usageOf(run: OpenRun, asked: Readonly<Record<string, ServedModel>>): Promise<Record<string, number>> {
  const metrics: Record<string, number> = {};
  for (const [role, configuration] of Object.entries(asked)) {
    const usage = await withRunModel(run, configuration, (model) => Promise.resolve(model.usage()));
    for (const [key, name] of Object.entries(counted)) metrics[`${role}/${name}`] = usage[key as keyof Usage];
  }
  return metrics;
}
