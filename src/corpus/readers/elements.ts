import { maxRecordBytes } from "./readBytes.ts";
import { readUtf8 } from "./encoding.ts";

/** One element of a large XML file as bytes; `bytes` is null when it is longer than a record may be or is cut off. */
export interface ElementBytes {
  readonly name: string;
  /** From 1, among all. */
  readonly number: number;
  readonly bytes: Buffer | null;
}

/**
 * Streams the elements of some names that follow each other in a file, so that a damaged one harms only itself. They do
 * not nest; PubMed writes each on lines of its own.
 */
export async function* readElements(file: string, names: readonly string[]): AsyncIterable<ElementBytes> {
  const longest = Math.max(...names.map((name) => name.length)) + 1;
  let held = Buffer.alloc(0);
  let name: string | null = null;
  let overlong = false;
  let number = 0;
  for await (const chunk of readUtf8(file)) {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      if (name === null) {
        const opening = findOpening(held, names);
        if (opening === null) {
          held = held.subarray(Math.max(0, held.length - longest));
          break;
        }
        [held, name, overlong, number] = [held.subarray(opening.at), opening.name, false, number + 1];
      }
      const tag: number = name.length + 1;
      const closing: string = `</${name}>`;
      const end: number = held.indexOf(closing);
      // A second opening before the closing: the first was cut off.
      const next = findOpening(end < 0 ? held.subarray(tag) : held.subarray(tag, end), names);
      if (next !== null) {
        yield { name, number, bytes: null };
        [held, name] = [held.subarray(next.at + tag), null];
        continue;
      }
      if (end < 0) {
        overlong ||= held.length > maxRecordBytes;
        if (overlong)
          held = Buffer.concat([Buffer.from(`<${name} `), held.subarray(-Math.max(longest, closing.length))]);
        break;
      }
      yield { name, number, bytes: overlong ? null : held.subarray(0, end + closing.length) };
      [held, name] = [held.subarray(end + closing.length), null];
    }
  }
  if (name !== null) yield { name, number, bytes: null };
}

/** The first opening tag of one of the names; a name must be whole, so that PubmedArticleSet is not taken for PubmedArticle. */
function findOpening(bytes: Buffer, names: readonly string[]): { readonly name: string; readonly at: number } | null {
  let first: { readonly name: string; readonly at: number } | null = null;
  for (const name of names) {
    const at = findTag(first === null ? bytes : bytes.subarray(0, first.at), Buffer.from(`<${name}`));
    if (at >= 0) first = { name, at };
  }
  return first;
}

function findTag(bytes: Buffer, opening: Buffer): number {
  for (let at = bytes.indexOf(opening); at >= 0; at = bytes.indexOf(opening, at + 1)) {
    const after = bytes[at + opening.length];
    if (after === undefined) return -1;
    if (after === 0x3e || after === 0x20 || after === 0x0a || after === 0x0d || after === 0x09) return at;
  }
  return -1;
}
