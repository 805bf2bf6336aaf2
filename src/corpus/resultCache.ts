import { createRecent, type Recent } from "../domain/recent.ts";

/** Keeps the results used last; equal keys asked at the same time share one computation. Failures are not kept. */
export class ResultCache<T> {
  readonly #entries: Recent<Promise<T>>;

  constructor(capacity: number) {
    this.#entries = createRecent(capacity);
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
