/** Keeps the results used last; equal keys asked at the same time share one computation. Failures are not kept. */
export class ResultCache<T> {
  readonly #entries = new Map<string, Promise<T>>();

  constructor(private readonly capacity: number) {}

  get(key: string, compute: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    const entry = known ?? compute();
    this.#entries.set(key, entry);
    if (known === undefined) entry.catch(() => this.#entries.delete(key));
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > this.capacity && oldest.done !== true) this.#entries.delete(oldest.value);
    return entry;
  }
}
