import { z } from "zod";
import { didYouMean } from "../domain/nearest.mjs";
import { namingKnown } from "../domain/wrongFields.ts";
import { PartError } from "../parts/registry.ts";
import type { TaskDeclaration } from "./declaration.ts";
import { filesDeclaration } from "./files/settings.ts";
import { machinesDeclaration } from "./machines/settings.ts";
import { pubMedQaDeclaration } from "./pubmedqa/settings.ts";
import { worldDeclaration } from "./world/settings.ts";

/** What a configuration says of its task: the name and the task's own settings. */
export interface TaskData {
  readonly dataset: string;
  readonly [setting: string]: unknown;
}

const declarations = new Map<string, TaskDeclaration>();

/** Throws PartError where the name is taken. */
export function declareTask(declaration: TaskDeclaration): void {
  if (declarations.has(declaration.name))
    throw new PartError(`task "${declaration.name}": the name is taken; choose another one`);
  declarations.set(declaration.name, declaration);
}

for (const declaration of [worldDeclaration, pubMedQaDeclaration, filesDeclaration, machinesDeclaration])
  declareTask(declaration);

/** In the order in which they were declared. */
export function declaredTasks(): readonly TaskDeclaration[] {
  return [...declarations.values()];
}

/** Undefined for a name that nobody declared. */
export function findDeclaration(name: unknown): TaskDeclaration | undefined {
  return typeof name === "string" ? declarations.get(name) : undefined;
}

/** Refuses an unknown task by its name, with those that are known, and each wrong setting by its field. */
export const TaskData = z
  .looseObject({ dataset: z.string() })
  .transform(({ dataset, ...settings }, context): TaskData => {
    const declaration = declarations.get(dataset);
    if (declaration === undefined) {
      context.addIssue({ code: "custom", path: ["dataset"], message: unknownTask(dataset) });
      return z.NEVER;
    }
    const parsed = declaration.settings.safeParse(settings, { error: namingKnown });
    if (parsed.success) return { dataset, ...parsed.data };
    const known = ["dataset", ...Object.keys(declaration.settings.shape)];
    for (const issue of parsed.error.issues) {
      if (issue.code !== "unrecognized_keys")
        context.addIssue({ code: "custom", path: issue.path, message: issue.message });
      else
        for (const key of issue.keys)
          context.addIssue({
            code: "custom",
            path: [key],
            message: `no such setting; known in data of ${dataset} are ${known.join(", ")}${didYouMean(key, known)}`,
          });
    }
    return z.NEVER;
  });

function unknownTask(name: string): string {
  const known = [...declarations.keys()];
  return `expected one of ${known.join(", ")}, got ${JSON.stringify(name)}${didYouMean(name, known)}`;
}
