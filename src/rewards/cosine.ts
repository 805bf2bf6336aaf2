/** A vector with its length, which every comparison needs. */
export interface Embedded {
  readonly vector: Float32Array;
  /** Euclidean length. */
  readonly length: number;
}

/** Measures a vector's length once, for all comparisons with it. */
export function withLength(vector: Float32Array): Embedded {
  return { vector, length: Math.sqrt(innerProduct(vector, vector)) };
}

/** Cosine of two vectors, −1 to 1; 0 when either is zero. */
export function cosine(a: Embedded, b: Embedded): number {
  if (a.vector.length !== b.vector.length)
    throw new RangeError(`vectors of ${a.vector.length} and ${b.vector.length} dimensions cannot be compared`);
  return a.length === 0 || b.length === 0 ? 0 : innerProduct(a.vector, b.vector) / (a.length * b.length);
}

function innerProduct(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
