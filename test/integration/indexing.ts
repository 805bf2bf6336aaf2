import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { IndexedCorpus } from "../../activities/corpus.ts";
import type { Site } from "../../bench/support/site.ts";
import { queues } from "../../temporal.config.ts";

export async function executeIndex(site: Site, workflowId: string, input: object): Promise<IndexedCorpus> {
  return site.client.workflow.execute("indexCorpus", { taskQueue: queues.cpu, workflowId, args: [input] });
}

/** Waits until something can be seen, and no longer than four minutes: the machine may be busy. */
export async function until(seen: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 240_000; !(await seen()); await sleep(5))
    if (Date.now() > deadline) throw new Error("it did not happen");
}

/** Names below a folder that end in something. */
export async function countNames(folder: string, ending: string): Promise<number> {
  return (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) => name.endsWith(ending)).length;
}
