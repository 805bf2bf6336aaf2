/** Turns texts into vectors whose cosine says how alike they are in meaning. */
export interface TextEmbedder {
  readonly name: string;
  /**
   * One vector per text, in order, all of one length; not necessarily normalised. Throws UnusableEmbeddingsError where the encoder
   * answered with something else; every other error means that it could not be asked.
   */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
}

/** An encoder was asked and gave no vectors for these texts: what needs them counts as not scored. */
export class UnusableEmbeddingsError extends Error {
  override readonly name = "UnusableEmbeddingsError";
}
