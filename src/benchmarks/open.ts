import type { RunConfiguration } from "../configuration/configuration.ts";
import type { Dataset } from "../domain/dataset.ts";
import { openWorld } from "../world/dataset.ts";
import { openOwnFiles } from "./ownFiles.ts";
import { openPubMedQa } from "./pubmedqa.ts";

/** Opens the data set of a run; a missing file or a malformed row is an error that names its place. */
export async function openDataset(data: RunConfiguration["data"]): Promise<Dataset> {
  switch (data.dataset) {
    case "world":
      return openWorld(data.worldSeed);
    case "pubmedqa":
      return openPubMedQa(data.path);
    case "files":
      return openOwnFiles(data);
  }
}
