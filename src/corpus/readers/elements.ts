import { maxRecordBytes } from "./bytes.ts";
import { readUtf8 } from "./encoding.ts";

/** One element of a large XML file as bytes; `bytes` is null when it is longer than a record may be or is cut off. */
export interface ElementBytes {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer | null;
}

/**
 * Streams the elements of one name that follow each other in a file, so that a damaged one harms only itself. They do
 * not nest; PubMed writes each on lines of its own.
 */
export async function* readElements(file: string, name: string): AsyncIterable<ElementBytes> {
  const [opening, closing] = [Buffer.from(`<${name}`), Buffer.from(`</${name}>`)];
  let held = Buffer.alloc(0);
  let inside = false;
  let overlong = false;
  let number = 0;
  for await (const chunk of readUtf8(file)) {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      if (!inside) {
        const start = findOpening(held, opening);
        if (start < 0) {
          held = held.subarray(Math.max(0, held.length - opening.length));
          break;
        }
        [held, inside, overlong, number] = [held.subarray(start), true, false, number + 1];
      }
      const end = held.indexOf(closing);
      // A second opening before the closing: the first was cut off.
      const next = findOpening(held.subarray(opening.length), opening);
      if (next >= 0 && (end < 0 || next + opening.length < end)) {
        yield { number, bytes: null };
        [held, inside] = [held.subarray(next + opening.length), false];
        continue;
      }
      if (end < 0) {
        overlong ||= held.length > maxRecordBytes;
        if (overlong) held = Buffer.concat([opening, Buffer.from(" "), held.subarray(-closing.length)]);
        break;
      }
      yield { number, bytes: overlong ? null : held.subarray(0, end + closing.length) };
      [held, inside] = [held.subarray(end + closing.length), false];
    }
  }
  if (inside) yield { number, bytes: null };
}

/** Start of an opening tag whose name is whole, so that PubmedArticleSet is not taken for PubmedArticle. */
function findOpening(bytes: Buffer, opening: Buffer): number {
  for (let at = bytes.indexOf(opening); at >= 0; at = bytes.indexOf(opening, at + 1)) {
    const after = bytes[at + opening.length];
    if (after === undefined) return -1;
    if (after === 0x3e || after === 0x20 || after === 0x0a || after === 0x0d || after === 0x09) return at;
  }
  return -1;
}
