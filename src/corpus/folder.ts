import { join } from "node:path";
import type { Dataset } from "../domain/dataset.ts";

/** Where the corpus of a data set is indexed under the storage root: equal contents share one. */
export function corpusFolderOf(root: string, dataset: Pick<Dataset, "fingerprint">): string {
  return join(root, ".corpora", dataset.fingerprint);
}
