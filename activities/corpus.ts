export interface IndexedCorpus {
  readonly passages: number;
  readonly fingerprint: string;
}

export interface CorpusActivities {
  /** Makes the run's corpus searchable; what is indexed already is left alone. */
  indexCorpus(input: { readonly run: string }): Promise<IndexedCorpus>;
}
