import { Heap } from "./heap.ts";

interface Pair {
  readonly left: number;
  readonly right: number;
  /** Decides between pairs of equal counts. */
  readonly text: string;
  count: number;
  /** Where its left symbol came to stand; it may be gone from there. */
  places: number[];
}

/** A pair as its count was when it was put into the heap. */
interface Candidate {
  readonly pair: Pair;
  readonly count: number;
}

/** Two ids make one key below 2^53. */
const keyBase = 2 ** 26;
const nowhere = -1;

/**
 * Counts of neighbouring symbols over weighted words, with the commonest pair on top of a heap. The symbols of all words
 * are a linked list, so that a merge touches the places of its pair and their neighbours only.
 */
export class PairCounts {
  readonly #names: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #pairs = new Map<number, Pair>();
  readonly #heap = new Heap<Candidate>(
    (a, b) => a.count > b.count || (a.count === b.count && a.pair.text < b.pair.text),
  );
  /** Pairs that became commoner since they were put into the heap. */
  readonly #risen = new Set<Pair>();
  // By place.
  readonly #symbols: number[] = [];
  readonly #weights: number[] = [];
  readonly #before: number[] = [];
  readonly #after: number[] = [];

  /** Call before the first merge. `names`: symbols without blanks. */
  addWord(names: readonly string[], weight: number): void {
    const start = this.#symbols.length;
    for (const [index, name] of names.entries()) {
      const place = this.#symbols.push(this.#idOf(name)) - 1;
      this.#weights.push(weight);
      this.#before.push(index === 0 ? nowhere : place - 1);
      this.#after.push(index === names.length - 1 ? nowhere : place + 1);
    }
    for (let place = start; place < this.#symbols.length; place++) this.#count(place, 1);
  }

  /** Joins the commonest pair everywhere, equal counts decided by text; null when no pair occurs twice. */
  mergeCommonest(): readonly [left: string, right: string] | null {
    for (const pair of this.#risen) this.#heap.put({ pair, count: pair.count });
    this.#risen.clear();
    const pair = this.#commonest();
    if (pair === null) return null;
    const [left, right] = [this.#nameOf(pair.left), this.#nameOf(pair.right)];
    const joined = this.#idOf(left + right);
    // From the left, as in "a a a", where only one of two overlapping occurrences can be joined.
    const places = pair.places.toSorted((a, b) => a - b);
    pair.places = [];
    for (const place of places) this.#join(place, pair, joined);
    return [left, right];
  }

  #commonest(): Pair | null {
    for (;;) {
      const top = this.#heap.take();
      if (top === undefined) return null;
      const { pair, count } = top;
      if (pair.count === count && count > 1) return pair;
      // It became rarer since; a commoner one was put in again.
      if (pair.count > 1 && pair.count < count) this.#heap.put({ pair, count: pair.count });
    }
  }

  #join(place: number, pair: Pair, joined: number): void {
    const second = this.#after[place] ?? nowhere;
    if (second === nowhere || this.#symbols[place] !== pair.left || this.#symbols[second] !== pair.right) return;
    const [first, third] = [this.#before[place] ?? nowhere, this.#after[second] ?? nowhere];
    for (const left of [first, place, second]) this.#count(left, -1);
    this.#symbols[place] = joined;
    this.#symbols[second] = nowhere;
    this.#after[place] = third;
    if (third !== nowhere) this.#before[third] = place;
    for (const left of [first, place]) this.#count(left, 1);
  }

  /** Counts the pair whose left symbol stands at a place, if there is one. */
  #count(place: number, sign: 1 | -1): void {
    const next = this.#after[place] ?? nowhere;
    if (next === nowhere) return;
    const pair = this.#pairOf(this.#symbols[place] ?? nowhere, this.#symbols[next] ?? nowhere);
    pair.count += sign * (this.#weights[place] ?? 0);
    if (sign === -1) return;
    pair.places.push(place);
    this.#risen.add(pair);
  }

  #pairOf(left: number, right: number): Pair {
    const key = left * keyBase + right;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const pair = { left, right, text: `${this.#nameOf(left)} ${this.#nameOf(right)}`, count: 0, places: [] };
    this.#pairs.set(key, pair);
    return pair;
  }

  #idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    this.#ids.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  #nameOf(id: number): string {
    return this.#names[id] ?? "";
  }
}
