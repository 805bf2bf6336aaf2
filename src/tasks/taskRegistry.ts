import { z } from "zod";
import { CorpusSettings } from "../corpus/corpusSettings.ts";
import type { Dataset } from "../domain/dataset.ts";
import { flatRegistry } from "../parts/flatRegistry.ts";
import { method } from "../parts/method.ts";
import { createRegistry } from "../parts/partRegistry.ts";
import type { Task, TaskPart } from "./taskDefinition.ts";
import { filesTask } from "./files/filesTask.ts";
import { machinesTask } from "./machines/machinesTask.ts";
import { pubMedQaTask } from "./pubmedqa/pubmedqaTask.ts";
import { commonRewards } from "./commonRewards.ts";
import { worldTask } from "./world/worldTask.ts";

/** What is known of a task before its settings are. */
export type TaskDeclaration = Omit<TaskPart<unknown>, "create" | "settings">;

/** What a policy may be trained and tested on; nothing else lists them. */
export const tasks = createRegistry<Task>(
  "task",
  z.looseObject({ load: method, corpus: CorpusSettings, cautions: z.array(z.string()), notes: z.array(z.string()) }),
);
const declarations = new Map<string, TaskDeclaration>();
/** Names of the rewards that tasks offer, one set for each task: what is worked out of a set is kept by it. */
const offered = new Map<string, ReadonlySet<string>>();
const offeredByAll: ReadonlySet<string> = new Set(commonRewards);

/** Adds a task, of an extension for example. Throws PartError where its name is malformed or taken. */
export function addTask<Settings>(part: TaskPart<Settings>): void {
  tasks.add(part);
  declarations.set(part.name, part);
  offered.set(part.name, part.rewards === undefined ? offeredByAll : new Set(part.rewards));
}

addTask(worldTask);
addTask(pubMedQaTask);
addTask(filesTask);
addTask(machinesTask);

/** What a configuration says of its task: its name, and the task's own settings beside it. */
export interface TaskData {
  readonly dataset: string;
  readonly [setting: string]: unknown;
}
const chosen = flatRegistry(tasks, "dataset", {});
export const TaskData: z.ZodType<TaskData> = chosen.Choice;

/** In the order in which they were added. */
export function declaredTasks(): readonly TaskDeclaration[] {
  return [...declarations.values()];
}

/** Undefined for a name that nobody added. */
export function findDeclaration(name: unknown): TaskDeclaration | undefined {
  return typeof name === "string" ? declarations.get(name) : undefined;
}

/** Names of the rewards that a run's task offers. */
export function rewardsOf({ dataset }: Pick<TaskData, "dataset">): ReadonlySet<string> {
  return offered.get(dataset) ?? offeredByAll;
}

/** The task of a run, with its settings. Throws PartError for a name that this process does not know. */
export function taskOf(data: TaskData): Task {
  return chosen.create(data);
}

/** What scoring has to know of a run's task. */
export function scoringOf(data: TaskData): { readonly rewards: ReadonlySet<string>; readonly searchCost?: number } {
  const { searchCost } = taskOf(data);
  return { rewards: rewardsOf(data), ...(searchCost === undefined ? {} : { searchCost }) };
}

/** Opens the data set of a run; a missing file or a malformed row is an error that names its place. */
export async function openDataset(data: TaskData): Promise<Dataset> {
  try {
    return await taskOf(data).load();
  } catch (error) {
    throw withSetting(data, error);
  }
}

/** What the system says of a path of the data set, with the setting and the option that name it. */
function withSetting(data: TaskData, error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error && "path" in error)) return error;
  const { path } = error;
  const named = findDeclaration(data.dataset)?.paths.find(({ setting }) => data[setting] === path);
  if (named === undefined) return error;
  return new Error(`data.${named.setting} (--${named.option}): ${error.message}`, { cause: error });
}
