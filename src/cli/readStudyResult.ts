import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StudyResult } from "../studies/studyResult.ts";
import { badInput } from "./cliError.ts";

/** The result that a study's folder keeps; refuses a folder without one. */
export async function readStudyResult(folder: string): Promise<StudyResult> {
  const file = join(folder, "study.json");
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) throw badInput(`there is no ${file}; --study names the folder that npm run study wrote`);
  const parsed = StudyResult.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badInput(`${file} is no result of a study: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
