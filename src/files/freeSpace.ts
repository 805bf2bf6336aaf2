import { statfs } from "node:fs/promises";

/** Room that must be left on the disk before anything large is written, in bytes. */
const reserve = 32e6;

/** There is too little room to go on; nothing was written. */
export class DiskFullError extends Error {
  override readonly name = "DiskFullError";
  readonly code = "ENOSPC";
}

/** Throws DiskFullError when the disk of a folder has less room than `bytes` and a reserve. */
export async function requireFreeSpace(folder: string, bytes = 0): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes + reserve) return;
  throw new DiskFullError(
    `only ${megabytes(free)} MB are free in ${folder}, ${megabytes(bytes + reserve)} MB are needed: free some space, then let the run go on`,
  );
}

/** Does a write; one that found the disk full in its middle fails with DiskFullError. */
export async function tellingDiskFull<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Error) || !/No space left on device|ENOSPC/u.test(error.message)) throw error;
    throw new DiskFullError(`the disk of ${folder} is full: free some space, then let the run go on`, { cause: error });
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
