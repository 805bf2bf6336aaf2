/** Turns texts into vectors whose cosine says how alike they are in meaning. */
export interface TextEmbedder {
  readonly name: string;
  /** One vector per text, in order, all of one length; not necessarily normalised. */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
}
