import { join } from "node:path";
import type { RunConfiguration } from "../src/configuration/configuration.ts";
import { readEmbedderShape } from "../src/corpus/embedding/embedder.ts";
import { openLocalEncoder, type OpenEncoder } from "../src/rewards/localEncoder.ts";
import { openEmbeddingsService } from "../src/services/embeddings.ts";
import { findService } from "../src/services/serviceList.ts";
import { databaseFolder } from "../src/trajectories/lanceLog.ts";
import { checkServed } from "./checkServed.ts";

import { keptAnswers } from "./keptAnswers.ts";
import { orNeedsPerson } from "./orNeedsPerson.ts";
import { messageOf } from "../src/domain/messageOf.ts";

type Setting = RunConfiguration["semanticEncoder"];

/** Refuses an encoder that this worker cannot open, before a run is begun; throws with the setting's name. */
export async function checkSemanticEncoder(setting: Setting): Promise<void> {
  if (setting.kind === "service") checkServed(setting);
  if (setting.kind !== "folder") return;
  await readEmbedderShape(setting.folder).catch((error: unknown) => {
    throw new Error(`semanticEncoder.folder: ${messageOf(error)}`, { cause: error });
  });
}

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
