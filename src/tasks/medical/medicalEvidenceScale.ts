import type { EvidenceScale } from "../../domain/evidenceScale.ts";

/** The hierarchy of medical evidence, lowest first. docs/method.md#hierarchy-of-evidence. */
const designs = [
  "expert-opinion",
  "case-report",
  "case-series",
  "cohort-study",
  "non-randomised-trial",
  "randomised-trial",
  "guideline",
  "systematic-review",
  "meta-analysis",
] as const;

/**
 * A level counts level ÷ 9. One that is not known, or was taken away (retracted, in doubt), counts as the lowest: the
 * passage says something, and nothing is known that would make it more than an opinion.
 */
export const medicalScale: EvidenceScale = {
  name: "evidence",
  measure: "level of evidence",
  levels: designs.map((name, index) => ({ name, weight: (index + 1) / designs.length })),
  unknownWeight: 1 / designs.length,
  bands: [
    { word: "high", lowest: 7, highest: 9 },
    { word: "mid", lowest: 4, highest: 6 },
    { word: "low", lowest: 1, highest: 3 },
  ],
};
