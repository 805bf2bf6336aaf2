import { TextDecoder } from "node:util";
import { readBytes } from "./readBytes.ts";
import { decodeWestern, decodeWindows1252 } from "./western.ts";

/** Bytes looked at for a mark of the encoding or XML's declaration of it. */
const headBytes = 1024;

/**
 * The bytes of a file in UTF-8, where it says that it is in another encoding: by the byte order mark of UTF-16, or in the
 * declaration of XML. Throws on an encoding that is not known, and where the bytes are not of the one declared.
 */
export async function* readUtf8(file: string): AsyncIterable<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  let decoder: TextDecoder | null = null;
  for await (const chunk of readBytes(file)) {
    if (head === null) {
      yield transcoded(decoder, chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < headBytes) continue;
    decoder = decoderOf(head);
    yield transcoded(decoder, head);
    head = null;
  }
  if (head !== null) {
    decoder = decoderOf(head);
    yield transcoded(decoder, head);
  }
  if (decoder !== null) yield Buffer.from(decoder.decode());
}

function transcoded(decoder: TextDecoder | null, bytes: Buffer): Buffer {
  if (decoder === null) return bytes;
  try {
    return Buffer.from(
      decoder.encoding === "windows-1252" ? decodeWindows1252(bytes) : decoder.decode(bytes, { stream: true }),
    );
  } catch (error) {
    throw new Error(`not ${decoder.encoding}, as the file says; convert it to UTF-8 first`, { cause: error });
  }
}

/** Null: the bytes are UTF-8, or say nothing. */
function decoderOf(head: Buffer): TextDecoder | null {
  const encoding = encodingOf(head);
  if (encoding === null) return null;
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (error) {
    throw new Error(`the encoding ${encoding.slice(0, 40)} is not known; convert the file to UTF-8 first`, {
      cause: error,
    });
  }
}

function encodingOf(head: Buffer): string | null {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  // Without the mark: the first character of a file that is read here is one of ASCII.
  if (head.length > 3 && head[0] !== 0 && head[1] === 0 && head[2] !== 0 && head[3] === 0) return "utf-16le";
  if (head.length > 3 && head[0] === 0 && head[1] !== 0 && head[2] === 0 && head[3] !== 0) return "utf-16be";
  const declared = /^(?:\u00ef\u00bb\u00bf)?\s*<\?xml\b[^>]*\bencoding\s*=\s*["']([^"'>]+)["']/
    .exec(head.subarray(0, headBytes).toString("latin1"))?.[1]
    ?.trim()
    .toLowerCase();
  // A declaration of UTF-16 in bytes of ASCII was left behind when the file was converted.
  return declared === undefined || /^(?:utf-?8|us-ascii|ascii|utf-?16(?:le|be)?)$/.test(declared) ? null : declared;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Text of bytes in UTF-8, or, where they can be nothing else, windows-1252 (Latin-1); a byte order mark left out. Throws rather than guess. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    const text = decodeWestern(bytes);
    if (text === null)
      throw new Error("not UTF-8, and the encoding cannot be told; convert the file to UTF-8 first", { cause: error });
    return text;
  }
}
