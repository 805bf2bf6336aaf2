import type { RunConfiguration } from "../configuration/configuration.ts";
import { checkDemonstrationFiles } from "../demonstrations/file/checkFiles.ts";
import { messageOf } from "../domain/messageOf.ts";
import { refuseUnspelledModel } from "../environments/modelSpelling.ts";
import { schedulesDemonstrations } from "../schedules/outlineOf.ts";
import { openDataset, taskOf } from "../tasks/taskRegistry.ts";
import { refuseShortContext } from "./contextRoom.ts";
import { refuseTooFewQuestions } from "./enoughQuestions.ts";

/**
 * Reads what a new run is to read, before anything is written: data, corpus, demonstrations and what the folders of models say. Throws,
 * naming the setting or the file, what the run would otherwise find out later.
 */
export async function checkInputs(configuration: RunConfiguration): Promise<void> {
  const { data, warmStart } = configuration;
  if (warmStart.when !== "off" || schedulesDemonstrations(configuration))
    await checkDemonstrationFiles(warmStart.demonstrations);
  await checkEncoders(configuration);
  await refuseUnspelledModel(configuration);
  const dataset = await openDataset(data);
  refuseTooFewQuestions(configuration, dataset);
  await refuseShortContext(configuration, dataset);
  const { corpusFiles } = taskOf(data);
  if (corpusFiles !== null) await (await import("../corpus/checkFiles.ts")).checkCorpusFiles(corpusFiles);
}

/** What reads them is loaded where a run names one. */
async function checkEncoders({
  retrieval: { encoder, reranker },
  semanticEncoder,
}: Pick<RunConfiguration, "retrieval" | "semanticEncoder">): Promise<void> {
  const folders = [
    { setting: "retrieval.encoder.folder", folder: encoder?.folder },
    { setting: "retrieval.reranker", folder: reranker ?? undefined },
    {
      setting: "semanticEncoder.folder",
      folder: semanticEncoder.kind === "folder" ? semanticEncoder.folder : undefined,
    },
  ];
  for (const { setting, folder } of folders) {
    if (folder === undefined) continue;
    const { readEncoderConfig } = await import("../corpus/embedding/encoderConfig.ts");
    await readEncoderConfig(folder).catch((error: unknown) => {
      throw new Error(`${setting}: ${messageOf(error)}`, { cause: error });
    });
  }
}
