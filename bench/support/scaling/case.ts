/** Work through a number of rows. `prepare` makes them in an empty folder and is not measured. */
export interface ScalingCase {
  readonly name: string;
  readonly prepare: (folder: string, rows: number) => Promise<() => Promise<unknown>>;
}

/** `count` things by their index. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
