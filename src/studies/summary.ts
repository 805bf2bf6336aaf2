import type { StudyResult } from "./studyResult.ts";

/** The figures of a study as plain JSON: the same for the same result. */
export interface StudySummary {
  readonly name: string;
  readonly studyHash: string;
}

export function summarise({ name, studyHash }: StudyResult): StudySummary {
  return { name, studyHash };
}

/** What the terminal shows at the end. */
export function summaryLines({ name }: StudySummary): string[] {
  return [`Study ${name}`];
}
