import type { RunConfiguration } from "../configuration/configuration.ts";
import type { Dataset } from "../domain/dataset.ts";
import { textExtractor } from "../rewards/extraction/textExtractor.ts";
import type { ScoringSources } from "../rewards/prepare.ts";

type LocalExtractor = Exclude<RunConfiguration["extractor"], { readonly kind: "model" }>;

/** What reads knowledge graphs as a run's setting `extractor` says, where no service is needed for it. */
export function localExtractor(
  extractor: LocalExtractor,
  dataset: Pick<Dataset, "extractor">,
): Pick<ScoringSources, "extractor" | "readReferences"> {
  switch (extractor.kind) {
    case "dataset":
      return { extractor: dataset.extractor };
    case "text":
      return { extractor: textExtractor, readReferences: true };
  }
}
