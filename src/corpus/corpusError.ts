/** What a person can put right about a corpus or its sources: a path, a file, a setting. No retry helps. */
export class CorpusError extends Error {
  override readonly name: string = "CorpusError";
}

/** An object store that does not answer as it should; it may do so later, or with other credentials. */
export class CorpusUnreachableError extends Error {
  override readonly name = "CorpusUnreachableError";
}
