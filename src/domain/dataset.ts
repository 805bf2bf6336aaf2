import type { Passage } from "./passage.ts";
import type { Question } from "./question.ts";
import type { TripleExtractor } from "./triple.ts";

/** A named set of held-out questions that evaluation reports on. */
export interface QuestionPool {
  readonly name: string;
  readonly questions: readonly Question[];
}

/** Questions, the corpus they are answered from, and what can be read from both. */
export interface Dataset {
  readonly name: string;
  readonly training: readonly Question[];
  /** Gates compare checkpoints on these; never trained on, never reported as the result. */
  readonly validation: readonly Question[];
  readonly evaluation: readonly QuestionPool[];
  /** The corpus, streamed in a fixed order. */
  passages(): AsyncIterable<Passage>;
  /** Reads triples from reasoning and passages; null when the data support none. */
  readonly extractor: TripleExtractor | null;
  /** Identifies questions and corpus: equal fingerprints mean equal content. */
  readonly fingerprint: string;
  /** What reading the data left out, in words, for report and log; absent where nothing can be. */
  readonly notes?: readonly string[];
}
