import { join } from "node:path";
import { z } from "zod";
import { writeAtomically } from "../../files/atomicWrite.ts";
import { readJsonFile } from "../../files/jsonFile.ts";
import { exists } from "../../files/makeOnce.ts";

/** What a base may lack after its phases. */
const Skill = z.enum(["reading", "asking"]);
export type Skill = z.infer<typeof Skill>;

const fileOf = (work: string): string => join(work, "mendings.json");

/** The skills that a base under way was trained in anew, in order: another attempt trains the same, whatever its probes say in the middle. */
export async function readMendings(work: string): Promise<Skill[]> {
  return (await exists(fileOf(work))) ? z.array(Skill).parse(await readJsonFile(fileOf(work))) : [];
}

export function keepMendings(work: string, mendings: readonly Skill[]): Promise<void> {
  return writeAtomically(fileOf(work), JSON.stringify(mendings));
}
