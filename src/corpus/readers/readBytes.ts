import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** A larger record is rejected: no abstract or chapter comes near it, and memory stays bounded. */
export const maxRecordBytes = 16 * 1024 * 1024;

/** The bytes of a file, unpacked when its name ends in .gz. Errors of reading and unpacking reach the consumer. */
export function readBytes(file: string): AsyncIterable<Buffer> {
  const stream = createReadStream(file, { highWaterMark: 1 << 18 });
  if (!/\.gz$/i.test(file)) return stream;
  const unpacked = createGunzip();
  stream.on("error", (error) => unpacked.destroy(error));
  // Who reads the beginning alone leaves no file open.
  unpacked.on("close", () => stream.destroy());
  return stream.pipe(unpacked) as Readable;
}
