import type { z } from "zod";
import type { Dataset } from "../domain/dataset.ts";
import { createRegistry } from "../parts/registry.ts";
import { declareTask, findDeclaration, type TaskData } from "./declarations.ts";
import type { Task, TaskPart } from "./definition.ts";
import { filesTask } from "./files/task.ts";
import { machinesTask } from "./machines/task.ts";
import { pubMedQaTask } from "./pubmedqa/task.ts";
import { worldTask } from "./world/task.ts";

/** The tasks that this process can work on. */
export const tasks = createRegistry<Task>("task");

/** Adds a task, of an extension for example. Throws PartError where its name is malformed or taken. */
export function addTask<Settings>(part: TaskPart<Settings>): void {
  tasks.add({ ...part, settings: part.settings as unknown as z.ZodObject & z.ZodType<Settings> });
  if (findDeclaration(part.name) === undefined) declareTask(part);
}

addTask(worldTask);
addTask(pubMedQaTask);
addTask(filesTask);
addTask(machinesTask);

/** The task of a run, with its settings. Throws PartError for a name that this process does not know. */
export function taskOf({ dataset, ...settings }: TaskData): Task {
  return tasks.create({ name: dataset, settings });
}

/** Opens the data set of a run; a missing file or a malformed row is an error that names its place. */
export async function openDataset(data: TaskData): Promise<Dataset> {
  return taskOf(data).load();
}
