import type { Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** Bytes given to the system at a time: a single write or hash of 2 GiB and more is refused or cut. */
const pieceBytes = 2 ** 30;

/** Writes all bytes from a position on. */
export async function writeFully(
  file: Pick<FileHandle, "write">,
  bytes: Uint8Array,
  position: number,
  piece = pieceBytes,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, Math.min(piece, bytes.length - done), position + done);
    done += bytesWritten;
  }
}

/** Hashes all bytes, piece by piece. */
export function updateHash(hash: Hash, bytes: Uint8Array, piece = pieceBytes): Hash {
  for (let start = 0; start < bytes.length; start += piece) hash.update(bytes.subarray(start, start + piece));
  return hash;
}
