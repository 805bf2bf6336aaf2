/** Marks and texts of JSON; numbers and words need not be looked at. */
const pieces = /"(?:[^"\\]|\\.)*"|[{}[\]:]/gs;

/**
 * The first name that an object of a JSON text has twice, or null. `JSON.parse` takes the last of them without a word, other readers the first.
 * The text must be valid JSON. Takes time in proportion to its length.
 */
export function repeatedKey(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  let last = "";
  for (const [piece] of text.matchAll(pieces)) {
    if (piece === "{") open.push(new Set());
    else if (piece === "[") open.push(null);
    else if (piece === "}" || piece === "]") open.pop();
    else if (piece !== ":") last = piece;
    else {
      const name = last.includes("\\") ? (JSON.parse(last) as string) : last.slice(1, -1);
      const names = open.at(-1);
      if (names?.has(name) === true) return name;
      names?.add(name);
    }
  }
  return null;
}
