import { createHash } from "node:crypto";

/**
 * Seeds are addresses: every draw comes from what it is for, never from a run id, the time, or arrival order.
 * Evaluation addresses leave the checkpoint out: two policies are compared on common random numbers.
 */
export type SeedAddress = readonly (string | number)[];

/** The text form of an address: parts joined by "/", each escaped so that different addresses never collide. */
export function seedText(address: SeedAddress): string {
  return address.map((part) => encodeURIComponent(String(part))).join("/");
}

/** A 53-bit uniform number in [0, 1) that belongs to an address alone. */
export function uniformAt(address: SeedAddress): number {
  const bytes = createHash("sha256").update(seedText(address)).digest();
  return (bytes.readUInt32BE(0) * 2 ** 21 + (bytes.readUInt32BE(4) >>> 11)) / 2 ** 53;
}

/** A stream of pseudo-random numbers for one address. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** Standard normal. */
  normal(): number;
  /** One element; the array must not be empty. */
  choice<T>(items: readonly T[]): T;
  /** `count` different elements in random order. */
  sample<T>(items: readonly T[], count: number): T[];
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
}

/** Opens the stream of an address (generator: sfc32 seeded from SHA-256). */
export function randomStream(address: SeedAddress): RandomStream {
  const bytes = createHash("sha256").update(seedText(address)).digest();
  let a = bytes.readInt32BE(0);
  let b = bytes.readInt32BE(4);
  let c = bytes.readInt32BE(8);
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const uniform = (): number => (next() * 2 ** 21 + (next() >>> 11)) / 2 ** 53;
  const integer = (bound: number): number => Math.floor(uniform() * bound);
  const shuffle = <T>(items: readonly T[]): T[] => {
    const copy = [...items];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
    }
    return copy;
  };
  return {
    uniform,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    choice: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new RangeError("choice from an empty array");
      return items[integer(items.length)] as T;
    },
    sample: (items, count) => {
      if (count > items.length) throw new RangeError(`sample of ${count} from ${items.length}`);
      return shuffle(items).slice(0, count);
    },
    shuffle,
  };
}
