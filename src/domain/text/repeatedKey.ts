/** Marks and texts of JSON; numbers and words need not be looked at. */
const pieces = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/gs;

/** A name that an object of a JSON text has twice. */
export interface RepeatedKey {
  readonly name: string;
  /** Names and places, from the whole value on, of the object that has it. */
  readonly path: readonly (string | number)[];
}

/** An object or a list that is being read. */
interface Open {
  /** Null for a list. */
  readonly names: Set<string> | null;
  /** The name or place of what is read within. */
  at: string | number;
}

/**
 * The names that objects of a JSON text have twice. `JSON.parse` takes the last of them without a word, other readers the first.
 * The text must be valid JSON. Takes time in proportion to its length.
 */
export function* repeatedKeys(text: string): Generator<RepeatedKey> {
  const open: Open[] = [];
  let last = "";
  for (const [piece] of text.matchAll(pieces)) {
    const inner = open.at(-1);
    if (piece === "{") open.push({ names: new Set(), at: "" });
    else if (piece === "[") open.push({ names: null, at: 0 });
    else if (piece === "}" || piece === "]") open.pop();
    else if (piece === ",") {
      if (typeof inner?.at === "number") inner.at++;
    } else if (piece !== ":") last = piece;
    else if (inner !== undefined) {
      const name = last.includes("\\") ? (JSON.parse(last) as string) : last.slice(1, -1);
      inner.at = name;
      if (inner.names?.has(name) === true) yield { name, path: open.slice(0, -1).map(({ at }) => at) };
      inner.names?.add(name);
    }
  }
}

/** The first name that an object of a JSON text has twice, or null. */
export function repeatedKey(text: string): string | null {
  for (const { name } of repeatedKeys(text)) return name;
  return null;
}
