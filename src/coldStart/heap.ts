/** A binary heap: `take` gives the item that comes first. Both take time in proportion to the logarithm of the items. */
export class Heap<T> {
  readonly #items: T[] = [];

  constructor(private readonly comesFirst: (a: T, b: T) => boolean) {}

  put(item: T): void {
    let place = this.#items.push(item) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#swapUnless(parent, place)) return;
      place = parent;
    }
  }

  take(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return first;
    this.#items[0] = last;
    for (let place = 0; ; ) {
      const child = this.#firstChild(place);
      if (child >= this.#items.length || !this.#swapUnless(place, child)) return first;
      place = child;
    }
  }

  #firstChild(place: number): number {
    const left = 2 * place + 1;
    return left + 1 < this.#items.length && this.comesFirst(this.#items[left + 1] as T, this.#items[left] as T)
      ? left + 1
      : left;
  }

  /** Brings parent and child into order; false when they are. */
  #swapUnless(parent: number, child: number): boolean {
    const [above, below] = [this.#items[parent] as T, this.#items[child] as T];
    if (!this.comesFirst(below, above)) return false;
    [this.#items[parent], this.#items[child]] = [below, above];
    return true;
  }
}
