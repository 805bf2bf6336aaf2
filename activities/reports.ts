export interface ReportActivities {
  /** Writes the report; returns its path relative to the run's folder. */
  writeReport(input: { readonly run: string }): Promise<{ readonly file: string }>;
}
