import { z } from "zod";

/** Hierarchy of evidence, 9 (high) to 1 (low). METHOD §3, last paragraph. */
export const EvidenceLevel = z.number().int().min(1).max(9);
export type EvidenceLevel = z.infer<typeof EvidenceLevel>;

/** The word for each level as it is shown to the policy in a document block; index = level − 1. */
export const evidenceLevelNames = [
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
export type EvidenceLevelName = (typeof evidenceLevelNames)[number];

/** The name of a level, e.g. 9 → "meta-analysis". */
export function evidenceLevelName(level: EvidenceLevel): EvidenceLevelName {
  const name = evidenceLevelNames[level - 1];
  if (name === undefined) throw new RangeError(`evidence level must be 1 to 9, got ${level}`);
  return name;
}

/** Words a query may hold to ask for a band of evidence: high 7–9, mid 4–6, low 1–3. */
export const evidenceBands = {
  high: { lowest: 7, highest: 9 },
  mid: { lowest: 4, highest: 6 },
  low: { lowest: 1, highest: 3 },
} as const;
export type EvidenceBand = keyof typeof evidenceBands;
