import { join } from "node:path";
import { z } from "zod";
import { buildMissing, datasetFolder, DatasetPlan, readSource } from "../src/datasets/build.ts";
import type { BuildTools } from "../src/datasets/buildItem.ts";
import { exportDataset, openDatasetStore, type ExportedDataset } from "../src/datasets/store.ts";
import type { TeacherOptions } from "../src/datasets/teacher.ts";
import type { TextEmbedder } from "../src/domain/embedding.ts";
import { textExtractor } from "../src/rewards/extraction/textExtractor.ts";
import { openAnswerCache } from "../src/services/answerCache.ts";
import { LanguageModelRefusedError, openLanguageModel } from "../src/services/languageModel.ts";
import { badInput, messageOf, needsPerson } from "./failures.ts";
import { withHeartbeats } from "./heartbeat.ts";
import type { Workspace } from "./workspace.ts";

export interface DatasetActivities {
  /** Checks a request in full; a wrong field is bad input, by name. */
  checkDatasetPlan(request: unknown): Promise<DatasetPlan>;
  /** Reads the source; a file that cannot be read is bad input. */
  countSource(plan: DatasetPlan): Promise<{ readonly questions: number }>;
  /** Builds the items of questions `start` to `start + count`; those that are there already are left alone. */
  buildItems(input: { readonly plan: DatasetPlan; readonly start: number; readonly count: number }): Promise<{ readonly built: number }>;
  /** Writes the finished data set as JSON lines and parquet. */
  exportDataset(plan: DatasetPlan): Promise<ExportedDataset>;
}

export interface DatasetDependencies {
  readonly workspace: Workspace;
  readonly embedder: TextEmbedder;
}

export function createDatasetActivities({ workspace, embedder }: DatasetDependencies): DatasetActivities {
  const tools = async (plan: DatasetPlan): Promise<BuildTools> => ({ form: plan.form, extractor: textExtractor, embedder, teacher: await openTeacher(plan, workspace) });
  const source = (plan: DatasetPlan): ReturnType<typeof readSource> => readSource(plan, workspace.root).catch((error: unknown) => { throw badInput(error); });
  return {
    checkDatasetPlan: (request) => {
      const parsed = DatasetPlan.safeParse(request);
      return parsed.success ? Promise.resolve(parsed.data) : Promise.reject(badInput(z.prettifyError(parsed.error)));
    },
    countSource: (plan) => withHeartbeats(async () => ({ questions: (await source(plan)).length })),
    buildItems: ({ plan, start, count }) =>
      withHeartbeats(async (control) => {
        const questions = (await source(plan)).slice(start, start + count);
        const store = await openDatasetStore(datasetFolder(workspace.root, plan.name));
        const built = await buildMissing(questions, store, await tools(plan), control).catch((error: unknown) => {
          throw error instanceof LanguageModelRefusedError ? needsPerson(messageOf(error)) : error;
        });
        return { built };
      }),
    exportDataset: (plan) =>
      withHeartbeats(async () => {
        const folder = datasetFolder(workspace.root, plan.name);
        return exportDataset(await openDatasetStore(folder), folder);
      }),
  };
}

/** The teacher's answers are kept beside the data sets, so that no retry asks twice. */
async function openTeacher({ teacher }: DatasetPlan, workspace: Workspace): Promise<TeacherOptions | null> {
  if (teacher === null) return null;
  const cache = await openAnswerCache(join(workspace.root, ".datasets", ".answers"));
  const run = await workspace.run(teacher.corpusOf);
  return { model: openLanguageModel(teacher.model, cache), search: await run.corpus(), topN: teacher.passages, attempts: teacher.attempts };
}
