import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { writeAtomically } from "../files/atomicWrite.ts";
import { readJsonFile } from "../files/jsonFile.ts";
import { DatasetPlan } from "./build.ts";

/**
 * Keeps in a data set's folder what it is built from. Throws where another plan stands there, whose items would be mixed with this
 * one's; a teacher's attempts and passages may change.
 */
export async function keepPlan(folder: string, plan: DatasetPlan): Promise<void> {
  const file = join(folder, "plan.json");
  if (!existsSync(file)) {
    await mkdir(folder, { recursive: true });
    await writeAtomically(file, `${JSON.stringify(plan, null, 2)}\n`);
    return;
  }
  const other = differingField(partsOf(DatasetPlan.parse(await readJsonFile(file))), partsOf(plan));
  if (other !== null)
    throw new Error(
      `name: the data set ${plan.name} was begun with another ${other}; choose another name, or remove ${folder}`,
    );
}

/** The parts of a plan that items depend on. */
function partsOf({ source, form, teacher }: DatasetPlan): Readonly<Record<string, unknown>> {
  const asked = teacher === null ? null : [teacher.model.service, teacher.model.model, teacher.corpusOf];
  return { source, form, teacher: asked };
}

function differingField(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): string | null {
  return Object.keys(before).find((field) => !isDeepStrictEqual(before[field], now[field])) ?? null;
}
