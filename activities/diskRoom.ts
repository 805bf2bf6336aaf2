import { statfs } from "node:fs/promises";
import { needsPerson } from "./failures.ts";

/** Throws, so that the run is held, when a folder's disk has too little room to write anything whole. */
export async function requireRoom(folder: string, minimumBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= minimumBytes) return;
  const megabytes = (bytes: number): string => `${Math.floor(bytes / 2 ** 20)} MB`;
  throw needsPerson(`the disk of ${folder} has ${megabytes(free)} left, fewer than ${megabytes(minimumBytes)}: free some (npm run prune helps), then send the update retry`);
}
