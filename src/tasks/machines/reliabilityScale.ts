import type { EvidenceScale } from "../../domain/evidenceScale.ts";

/** How far a text about machines is to be trusted, lowest first. Steps are uneven: what anybody may write counts next to nothing. */
export const reliabilityScale: EvidenceScale = {
  name: "reliability",
  measure: "reliability of a source",
  levels: [
    { name: "hearsay", weight: 0.05 },
    { name: "forum-post", weight: 0.1 },
    { name: "workshop-note", weight: 0.4 },
    { name: "maintained-guide", weight: 0.6 },
    { name: "service-manual", weight: 0.9 },
    { name: "official-record", weight: 1 },
  ],
  unknownWeight: 0.05,
  bands: [
    { word: "official", lowest: 5, highest: 6 },
    { word: "maintained", lowest: 3, highest: 4 },
    { word: "posted", lowest: 1, highest: 2 },
  ],
};
