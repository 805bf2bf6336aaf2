import { repeatedKeys } from "../domain/text/repeatedKey.ts";

/** Names and places on the way from a whole file of JSON to what stands in it, as a key. */
export function keyOfPlace(...path: readonly (string | number)[]): string {
  return JSON.stringify(path);
}

/**
 * Why what stands in a whole file of JSON cannot be read, by the key of its place: a row `depth` levels below that has a
 * name twice, or a name above the rows that the file has twice. Of both, parsing would keep the last without a word.
 */
export function repeatedInFile(text: string, depth: number): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  for (const { name, path } of repeatedKeys(text)) {
    const isInRow = path.length >= depth;
    const key = isInRow ? keyOfPlace(...path.slice(0, depth)) : keyOfPlace(...path, name);
    if (!problems.has(key))
      problems.set(key, isInRow ? `${name}: the row has it twice` : `${name}: the file has it twice`);
  }
  return problems;
}
