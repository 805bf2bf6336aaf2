import { mkdir, stat } from "node:fs/promises";
import { LRUCache } from "lru-cache";
import { openAnswerCache, type AnswerCache } from "../src/services/answerCache.ts";

/** Caches of this process that were used last. The key tells a folder from a later one of the same name. */
const caches = new LRUCache<string, Promise<AnswerCache>>({ max: 16 });

/** Opens the answer cache of a folder's database, once per process; a folder that was made anew is opened anew. */
export async function keptAnswers(folder: string): Promise<AnswerCache> {
  await mkdir(folder, { recursive: true });
  const { ino, birthtimeMs } = await stat(folder);
  const key = JSON.stringify([folder, ino, birthtimeMs]);
  const opening = caches.get(key) ?? openAnswerCache(folder);
  caches.set(key, opening);
  opening.catch(() => caches.delete(key));
  return opening;
}
