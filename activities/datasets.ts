import { join } from "node:path";
import { buildMissing, datasetFolder, DatasetPlan } from "../src/datasets/build.ts";
import type { BuildTools } from "../src/datasets/buildItem.ts";
import { keepPlan } from "../src/datasets/keptPlan.ts";
import type { ReasonCounts } from "../src/datasets/reasons.ts";
import { createSourceReader, type DatasetSource } from "../src/datasets/source.ts";
import { exportDataset, openDatasetStore, writeLeftOut, type ExportedDataset } from "../src/datasets/store.ts";
import type { TeacherOptions } from "../src/datasets/teacher.ts";
import type { TextEmbedder } from "../src/domain/embedding.ts";
import { textExtractor } from "../src/rewards/extraction/textExtractor.ts";
import { describeWrongFields, namingKnown } from "../src/domain/wrongFields.ts";
import { claimOrRefuse } from "./claims.ts";
import { badInput } from "./failures.ts";
import { withControl } from "./heartbeat.ts";
import { createInputPaths } from "./inputPaths.ts";
import { checkServed } from "./checkServed.ts";
import { withModel } from "./languageModels.ts";
import type { Workspace } from "./workspace.ts";

export interface DatasetActivities {
  /** Checks a request in full; a wrong field is bad input, by name. */
  checkDatasetPlan(request: unknown): Promise<DatasetPlan>;
  /**
   * Reads the source, claims the data set for the calling workflow, and writes down its plan and the rows that give no question. Bad
   * input: a file that cannot be read, a data set that another workflow builds, or that was begun with another plan.
   */
  countSource(plan: DatasetPlan): Promise<CountedSource>;
  /** Builds the items of questions `start` to `start + count`; those that are there already are left alone. */
  buildItems(input: {
    readonly plan: DatasetPlan;
    readonly start: number;
    readonly count: number;
  }): Promise<{ readonly built: number }>;
  /** Writes the finished data set as JSON lines and parquet. */
  exportDataset(plan: DatasetPlan): Promise<ExportedDataset>;
}

export interface CountedSource {
  readonly questions: number;
  readonly leftOut: ReasonCounts;
}

export interface DatasetDependencies {
  readonly workspace: Workspace;
  readonly embedder: TextEmbedder;
}

export function createDatasetActivities({ workspace, embedder }: DatasetDependencies): DatasetActivities {
  const tools = (plan: DatasetPlan, teacher: TeacherOptions | null): BuildTools => ({
    form: plan.form,
    extractor: textExtractor,
    embedder,
    teacher,
  });
  const sources = createSourceReader(workspace.root);
  const source = (plan: DatasetPlan): Promise<DatasetSource> =>
    sources.read(plan).catch((error: unknown) => {
      throw badInput(error);
    });
  return {
    checkDatasetPlan: async (request) => {
      const parsed = DatasetPlan.safeParse(request, { error: namingKnown });
      if (!parsed.success) throw badInput(describeWrongFields(parsed.error));
      await createInputPaths(workspace.root).readable([{ field: "source.path", path: parsed.data.source.path }]);
      if (parsed.data.teacher !== null) checkServed(parsed.data.teacher.model);
      return parsed.data;
    },
    countSource: (plan) =>
      withControl(async () => {
        const { questions, leftOut } = await source(plan);
        const folder = datasetFolder(workspace.root, plan.name);
        await claimOrRefuse(folder, `name: data set ${plan.name}`);
        await keepPlan(folder, plan).catch((error: unknown) => {
          throw badInput(error);
        });
        return { questions: questions.length, leftOut: await writeLeftOut(folder, leftOut) };
      }),
    buildItems: ({ plan, start, count }) =>
      withControl(async (control) => {
        const questions = (await source(plan)).questions.slice(start, start + count);
        const store = await openDatasetStore(datasetFolder(workspace.root, plan.name));
        return {
          built: await withTeacher(plan, workspace, (teacher) =>
            buildMissing(questions, store, tools(plan, teacher), control),
          ),
        };
      }),
    exportDataset: (plan) =>
      withControl(async () => {
        sources.forget();
        const folder = datasetFolder(workspace.root, plan.name);
        return exportDataset(await openDatasetStore(folder), folder);
      }),
  };
}

/** The teacher's answers are kept beside the data sets, so that no retry asks twice. */
async function withTeacher<T>(
  { teacher }: DatasetPlan,
  workspace: Workspace,
  work: (teacher: TeacherOptions | null) => Promise<T>,
): Promise<T> {
  if (teacher === null) return work(null);
  const run = await workspace.run(teacher.corpusOf);
  const search = await run.corpus();
  return withModel(join(workspace.root, ".datasets", ".answers"), teacher.model, (model) =>
    work({ model, search, topN: teacher.passages, attempts: teacher.attempts }),
  );
}
