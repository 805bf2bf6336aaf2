import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { benchmarkNames } from "../benchmarks/catalogue.ts";
import { RunName } from "../configuration/runName.ts";
import type { Question } from "../domain/question.ts";
import type { RunControl } from "../policy/port.ts";
import { FileName, PathText } from "../domain/pathText.ts";
import { ServedModel } from "../configuration/languageModelSettings.ts";
import { buildItem } from "./buildItem.ts";
import type { BuildTools, BuiltItem } from "./buildItem.ts";
import type { DatasetStore } from "./store.ts";

/** What a data set is built from, and how. */
export const DatasetPlan = z.strictObject({
  /** Name of the data set, and of its folder under `<root>/.datasets`. */
  name: RunName,
  source: z.strictObject({
    benchmark: z.enum(benchmarkNames),
    /** A file or folder as published, or ORG/NAME of a data set on the hub. */
    path: PathText,
    /** One file of the folder; null takes the only one, or all where the benchmark has several. */
    file: FileName.nullable().default(null),
  }),
  /** "open" asks multiple-choice questions openly; "choice" keeps their options. */
  form: z.enum(["open", "choice"]).default("open"),
  /** Null: the data's own explanations serve as references. */
  teacher: z
    .strictObject({
      model: ServedModel,
      attempts: z.number().int().min(1).max(64).default(4),
      passages: z.number().int().min(1).max(20).default(5),
      /** The run whose corpus the teacher searches. */
      corpusOf: RunName,
    })
    .nullable()
    .default(null),
});
export type DatasetPlan = z.infer<typeof DatasetPlan>;

/** Work after which what was built is committed: a crash loses no more of it. */
const commitMilliseconds = 5000;

/** The folder of a data set. */
export function datasetFolder(root: string, name: string): string {
  return join(root, ".datasets", name);
}

/** Builds the questions that the store does not hold yet; returns how many were built now. Stops between items when cancelled. */
export async function buildMissing(
  questions: readonly Question[],
  store: DatasetStore,
  tools: BuildTools,
  control: RunControl = {},
): Promise<number> {
  const done = await store.done(questions.map(({ id }) => id));
  const missing = questions.filter(({ id }) => !done.has(id));
  let [items, since]: [BuiltItem[], number] = [[], performance.now()];
  for (const [index, question] of missing.entries()) {
    control.signal?.throwIfAborted();
    items.push(await buildItem(question, tools));
    // Reading text into graphs holds the event loop; heartbeats need their turn.
    await setImmediate();
    if (performance.now() - since > commitMilliseconds) {
      await store.append(items);
      [items, since] = [[], performance.now()];
    }
    control.onProgress?.((index + 1) / missing.length);
  }
  await store.append(items);
  return missing.length;
}
