import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { openAnswerCache } from "../src/services/answerCache.ts";
import type { LanguageModelConfiguration } from "../src/configuration/languageModel.ts";
import { openLanguageModel, type LanguageModel, type Usage } from "../src/services/languageModel.ts";
import { LanguageModelRefusedError } from "../src/services/languageModelErrors.ts";
import { messageOf, needsPerson } from "./failures.ts";
import type { OpenRun } from "./workspace.ts";

/** Models that this process has open; a folder that was made anew is opened anew. */
const models = new Map<string, Promise<LanguageModel>>();

/** Works with a configured model whose answers are kept in a folder's database. What no retry helps (a wrong key) needs a person. */
export async function withModel<T>(keptIn: string, configuration: LanguageModelConfiguration, work: (model: LanguageModel) => Promise<T>): Promise<T> {
  try {
    return await work(await modelOf(configuration, keptIn));
  } catch (error) {
    throw error instanceof LanguageModelRefusedError ? needsPerson(messageOf(error)) : error;
  }
}

/** The same for a model of a run. */
export function withRunModel<T>({ folder }: Pick<OpenRun, "folder">, configuration: LanguageModelConfiguration, work: (model: LanguageModel) => Promise<T>): Promise<T> {
  return withModel(join(folder, "lance"), configuration, work);
}

async function modelOf(configuration: LanguageModelConfiguration, keptIn: string): Promise<LanguageModel> {
  await mkdir(keptIn, { recursive: true });
  const { ino, birthtimeMs } = await stat(keptIn);
  const key = JSON.stringify([keptIn, ino, birthtimeMs, configuration]);
  const opening = models.get(key) ?? openAnswerCache(keptIn).then((cache) => openLanguageModel(configuration, cache));
  models.set(key, opening);
  opening.catch(() => models.delete(key));
  return opening;
}

const counted: Readonly<Record<keyof Usage, string>> = { requests: "requests", fromCache: "cached", unusable: "unusable", inputTokens: "tokens/in", outputTokens: "tokens/out", cost: "cost" };

/** What a run's judge and extractor were asked while `work` went on, as metrics `judge/cost`, `extractor/requests` and so on; none where it has neither. */
export async function countUsage<T>(run: OpenRun, work: () => Promise<T>): Promise<{ readonly result: T; readonly metrics: Record<string, number> }> {
  const { judge, extractor } = run.configuration;
  const asked = { ...(judge === null ? {} : { judge }), ...(extractor.kind === "model" ? { extractor: extractor.model } : {}) };
  const totals = (): Promise<Record<string, number>> => usageOf(run, asked);
  const before = await totals();
  const result = await work();
  const after = await totals();
  return { result, metrics: Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)])) };
}

async function usageOf(run: OpenRun, asked: Readonly<Record<string, LanguageModelConfiguration>>): Promise<Record<string, number>> {
  const metrics: Record<string, number> = {};
  for (const [role, configuration] of Object.entries(asked)) {
    const usage = await withRunModel(run, configuration, (model) => Promise.resolve(model.usage()));
    for (const [key, name] of Object.entries(counted)) metrics[`${role}/${name}`] = usage[key as keyof Usage];
  }
  return metrics;
}
