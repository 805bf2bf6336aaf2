import { createHash } from "node:crypto";

/** Uniform numbers in [0, 1) that depend on a seed and a position only, never on the order in which they are asked for. */
export class PositionalUniforms {
  readonly #key: Int32Array;

  constructor(seed: string) {
    const digest = createHash("sha256").update(seed).digest();
    this.#key = Int32Array.of(digest.readInt32LE(0), digest.readInt32LE(4));
  }

  at(position: number): number {
    const high = mix((this.#key[0] ?? 0) ^ mix(position));
    const low = mix((this.#key[1] ?? 0) ^ mix(position + 0x9e3779b9));
    return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
  }
}

/** MurmurHash3's 32-bit finaliser, twice: every bit of the input reaches every bit of the result. */
function mix(value: number): number {
  let h = value | 0;
  for (let round = 0; round < 2; round++) {
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h = (h ^ (h >>> 16)) + 0x27d4eb2f;
  }
  return h >>> 0;
}
