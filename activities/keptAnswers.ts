import { mkdir, stat } from "node:fs/promises";
import { openAnswerCache, type AnswerCache } from "../src/services/answerCache.ts";

/** Caches that this process has open, each with what tells its folder from one of the same name. */
const caches = new Map<string, Promise<AnswerCache>>();

/** The answers that are kept in a folder's database, opened once; a folder that was made anew is opened anew. */
export async function keptAnswers(folder: string): Promise<AnswerCache> {
  await mkdir(folder, { recursive: true });
  const { ino, birthtimeMs } = await stat(folder);
  const key = JSON.stringify([folder, ino, birthtimeMs]);
  const opening = caches.get(key) ?? openAnswerCache(folder);
  caches.set(key, opening);
  opening.catch(() => caches.delete(key));
  return opening;
}
