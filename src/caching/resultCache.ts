import { LRUCache } from "lru-cache";

/** LRU cache of results. Callers that ask for the same key at the same time share one computation. Failures are not kept. */
export class ResultCache<T> {
  readonly #entries: LRUCache<string, Promise<T>>;

  constructor(capacity: number) {
    this.#entries = new LRUCache({ max: capacity });
  }

  get(key: string, compute: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry = compute();
    this.#entries.set(key, entry);
    entry.catch(() => this.#entries.delete(key));
    return entry;
  }
}
