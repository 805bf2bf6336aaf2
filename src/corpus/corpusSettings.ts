import { z } from "zod";
import { EvidenceScale } from "../domain/evidenceScale.ts";

/** How a corpus is indexed and asked; fixed when the corpus is made. */
export const CorpusSettings = z.strictObject({
  /** Reduce English words to their stems. */
  stem: z.boolean(),
  /** Leave English stop words out. */
  removeStopWords: z.boolean(),
  /** Match titles too, not only texts. */
  searchTitles: z.boolean(),
  /**
   * How a query asks for a band of the scale: by the bands' words themselves, or, where these are ordinary words
   * ("high pressure"), behind the scale's name ("evidence:high").
   */
  evidenceWords: z.enum(["bare", "prefixed"]),
  /** What the passages' levels mean. */
  scale: EvidenceScale,
});
export type CorpusSettings = z.infer<typeof CorpusSettings>;

/** How a corpus is matched, whatever its levels mean. */
type TextSettings = Omit<CorpusSettings, "scale">;

/** A controlled vocabulary such as an embedded world's: every word counts as it stands. */
export const vocabularyText: TextSettings = {
  stem: false,
  removeStopWords: false,
  searchTitles: false,
  evidenceWords: "bare",
};

/** English prose. */
export const englishText: TextSettings = {
  stem: true,
  removeStopWords: true,
  searchTitles: true,
  evidenceWords: "prefixed",
};
