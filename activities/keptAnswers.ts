import { mkdir, stat } from "node:fs/promises";
import { ResultCache } from "../src/caching/resultCache.ts";
import { openAnswerCache, type AnswerCache } from "../src/services/answerCache.ts";

/** Caches of this process that were used last. The key tells a folder from a later one of the same name. */
const caches = new ResultCache<AnswerCache>(16);

/** Opens the answer cache of a folder's database, once per process; a folder that was made anew is opened anew. */
export async function keptAnswers(folder: string): Promise<AnswerCache> {
  await mkdir(folder, { recursive: true });
  const { ino, birthtimeMs } = await stat(folder);
  return caches.get(JSON.stringify([folder, ino, birthtimeMs]), () => openAnswerCache(folder));
}
