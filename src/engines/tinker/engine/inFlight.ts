/** Lets a number of pieces of work go on at once; further ones wait for their turn, in order. */
export class InFlight {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(readonly limit: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The place goes on to who waits.
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
