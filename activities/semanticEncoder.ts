import { join } from "node:path";
import type { RunConfiguration } from "../src/configuration/configuration.ts";
import { openLocalEncoder, type OpenEncoder } from "../src/rewards/localEncoder.ts";
import { openEmbeddingsService } from "../src/services/embeddings.ts";
import { findService } from "../src/services/serviceList.ts";
import { databaseFolder } from "../src/trajectories/lanceLog.ts";
import { keptAnswers } from "./keptAnswers.ts";
import { orNeedsPerson } from "./orNeedsPerson.ts";

type Setting = RunConfiguration["semanticEncoder"];

/** Opens the encoder of a run. Vectors of a service are kept in the run's database, so that no text is sent twice; a wrong key needs a person. */
export async function openSemanticEncoder(setting: Setting, runFolder: string): Promise<OpenEncoder> {
  if (setting.kind !== "service") return openLocalEncoder(setting);
  const cache = await keptAnswers(join(runFolder, databaseFolder));
  const service = await orNeedsPerson(() =>
    Promise.resolve(openEmbeddingsService(setting, findService(setting.service, process.env), cache)),
  );
  return {
    name: service.name,
    embed: (texts) => orNeedsPerson(() => service.embed(texts)),
    close: () => Promise.resolve(),
  };
}
