import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { queues } from "../temporal.config.ts";
import { repeated, type Figure } from "./harness.ts";
import { openSite, type Site } from "./support/site.ts";

const run = "recovery";
const snapshotEvery = 5;
/** Applied updates before each kill, so that after some 1, after others up to 5 updates have to be replayed. */
const updatesBetweenKills = [7, 6, 6, 6, 6];
const patience = 120_000;

/** Seconds from a killed worker to the next applied update, at the quick preset's sizes with snapshots every 5 iterations. */
export async function* bench(): AsyncGenerator<Figure> {
  const site = await openSite(run);
  try {
    const configuration = {
      run,
      preset: "quick-staged",
      snapshot: { every: snapshotEvery, keep: 3 },
      gate: { questions: 4 },
      evaluation: { questions: 0 },
      stages: { reasoner: { iterations: 200 } },
    };
    const handle = await site.client.workflow.start("curriculum", {
      workflowId: `curriculum-${run}`,
      taskQueue: queues.cpu,
      args: [configuration],
    });
    const seconds: number[] = [];
    for (const updates of updatesBetweenKills) {
      await untilUpdates(site, (await appliedUpdates(site)) + updates);
      seconds.push(await secondsToRecover(site));
    }
    await handle.terminate("the bench has seen enough");
    yield repeated("recovery/killed-worker", "s", seconds);
  } finally {
    await site.close();
  }
}

async function secondsToRecover(site: Site): Promise<number> {
  site.killWorker();
  const killed = performance.now();
  await untilUpdates(site, (await appliedUpdates(site)) + 1);
  return (performance.now() - killed) / 1000;
}

async function untilUpdates(site: Site, wanted: number): Promise<void> {
  const deadline = performance.now() + patience;
  while ((await appliedUpdates(site)) < wanted) {
    if (performance.now() > deadline) throw new Error(`no further update within ${patience / 1000} s`);
    await sleep(20);
  }
}

/** Lines of metrics.jsonl: one is appended when an update is recorded as applied. */
async function appliedUpdates(site: Site): Promise<number> {
  const text = await readFile(join(site.root, run, "metrics.jsonl"), "utf8").catch(() => "");
  return text.split("\n").length - 1;
}
