import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Dataset } from "../domain/dataset.ts";
import { corpusUri, uriBelow } from "./corpusUri.ts";
import type { RetrievalConfiguration } from "../configuration/retrievalSettings.ts";

/** Where the corpora of runs are: MED_R3_CORPORA (a folder, or an address in an object store), else under the storage root. */
export function corporaOf(root: string, environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment["MED_R3_CORPORA"];
  return given === undefined || given === "" ? join(root, ".corpora") : corpusUri(given);
}

/** Where the corpus of a data set is indexed: equal contents with vectors of the same model share one. */
export function corpusFolderOf(
  root: string,
  dataset: Pick<Dataset, "fingerprint">,
  { encoder }: Pick<RetrievalConfiguration, "encoder">,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const vectors =
    encoder === null ? "" : `-${createHash("sha256").update(JSON.stringify(encoder)).digest("hex").slice(0, 12)}`;
  return uriBelow(corporaOf(root, environment), `${dataset.fingerprint}${vectors}`);
}
