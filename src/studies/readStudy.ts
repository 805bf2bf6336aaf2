import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigurationError } from "../configuration/configurationError.ts";
import { didYouMean } from "../domain/nearest.mjs";
import { parseJsonSettings } from "../files/jsonFile.ts";
import { messageOf } from "../domain/messageOf.ts";
import { namingKnown } from "../domain/wrongFields.ts";
import { planStudy, type StudyPlan } from "./planStudy.ts";
import { StudyFile } from "./studyFile.ts";

/** Studies that come with the project. */
export const studiesFolder = fileURLToPath(new URL("../../studies", import.meta.url));

/** The file of a study that comes with the project. Throws ConfigurationError, which names those that do. */
export async function studyFileOf(name: string): Promise<string> {
  const known = (await readdir(studiesFolder))
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"));
  if (known.includes(name)) return join(studiesFolder, `${name}.json`);
  throw new ConfigurationError(
    `study: there is no ${JSON.stringify(name)}; known are ${known.toSorted().join(", ")}${didYouMean(name, known)}`,
  );
}

/** A declaration, checked and resolved; `place` names it. Throws ConfigurationError with a line for each thing that is wrong. */
export function readStudy(text: string, place: string): StudyPlan & { readonly studyHash: string } {
  const parsed = StudyFile.safeParse(parseJson(text, place), { error: namingKnown });
  if (!parsed.success)
    throw new ConfigurationError(
      parsed.error.issues
        .map((issue) => `${place}: ${issue.path.join(".") || "the file"}: ${issue.message}`)
        .join("\n"),
    );
  return { ...planStudy(parsed.data), studyHash: createHash("sha256").update(text).digest("hex") };
}

function parseJson(text: string, place: string): unknown {
  try {
    return parseJsonSettings(text, place);
  } catch (error) {
    throw new ConfigurationError(messageOf(error));
  }
}
