import { z } from "zod";

/** How a corpus is indexed and asked; fixed when the corpus is made. */
export const CorpusSettings = z.strictObject({
  /** Reduce English words to their stems. */
  stem: z.boolean(),
  /** Leave English stop words out. */
  removeStopWords: z.boolean(),
  /** Match titles too, not only texts. */
  searchTitles: z.boolean(),
  /**
   * How a query asks for a band of evidence: by the words high, mid, low themselves, or, where these are
   * ordinary words ("high blood pressure"), as evidence:high, evidence:mid, evidence:low.
   */
  evidenceWords: z.enum(["bare", "prefixed"]),
});
export type CorpusSettings = z.infer<typeof CorpusSettings>;

/** A controlled vocabulary such as the embedded world's: every word counts as it stands. */
export const vocabularyCorpus: CorpusSettings = {
  stem: false,
  removeStopWords: false,
  searchTitles: false,
  evidenceWords: "bare",
};

/** English prose. */
export const englishCorpus: CorpusSettings = {
  stem: true,
  removeStopWords: true,
  searchTitles: true,
  evidenceWords: "prefixed",
};
