import type { RunConfiguration } from "../configuration/configuration.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { TripleExtractor } from "../domain/triple.ts";
import { textExtractor } from "../rewards/extraction/textExtractor.ts";
import type { ScoringSources } from "../rewards/prepare.ts";
import { worldExtractor } from "../world/extractor.ts";

type LocalExtractor = Exclude<RunConfiguration["extractor"], { readonly kind: "model" }>;

/** What reads knowledge graphs as a run's setting `extractor` says, where no service is needed for it. */
export function localExtractor(extractor: LocalExtractor, dataset: Pick<Dataset, "extractor">): Pick<ScoringSources, "extractor" | "readReferences"> {
  const own = (chosen: TripleExtractor): Pick<ScoringSources, "extractor" | "readReferences"> => ({ extractor: chosen, readReferences: true });
  switch (extractor.kind) {
    case "dataset":
      return { extractor: dataset.extractor };
    case "world":
      return own(worldExtractor);
    case "text":
      return own(textExtractor);
  }
}
