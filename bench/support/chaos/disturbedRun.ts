import type { WorkflowHandle } from "@temporalio/client";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { randomStream } from "../../../src/domain/seed.ts";
import { queues } from "../../../temporal.config.ts";
import { openSite, type Site } from "../site.ts";
import { readRunView, type RunView } from "./runView.ts";

const run = "chaos";

export interface Disturbance {
  /** Address of the random moments. */
  readonly seed: string;
  /** Kills at random moments. */
  readonly workerKills: number;
  readonly serverKills: number;
  /** Kills at named points, on top. */
  readonly failpoints: readonly string[];
  /** Milliseconds within which the random kills fall. */
  readonly within: number;
}

export interface RunOutcome {
  readonly milliseconds: number;
  readonly view: RunView;
  /** Named failpoints that were never reached. */
  readonly missed: readonly string[];
}

const patience = 10 * 60_000;

/** Runs the tiny curriculum from nothing to its end while killing workers and server as told; no disturbance: null. */
export async function runTiny(
  settings: Readonly<Record<string, unknown>>,
  disturbance: Disturbance | null,
): Promise<RunOutcome> {
  const crashFile = join(await mkdtemp(join(tmpdir(), "med-r3-crashes-")), "crashes.json");
  await writeFile(crashFile, JSON.stringify(disturbance?.failpoints ?? []));
  const site = await openSite("chaos", { environment: { MED_R3_FAILPOINTS: crashFile } });
  try {
    const started = Date.now();
    const handle = await site.client.workflow.start("curriculum", {
      workflowId: `curriculum-${run}`,
      taskQueue: queues.cpu,
      args: [{ run, preset: "tiny", ...settings }],
    });
    const ended = untilEnded(handle);
    if (disturbance !== null) await Promise.race([disturb(site, disturbance), ended]);
    await ended;
    return {
      milliseconds: Date.now() - started,
      view: await readRunView(join(site.root, run)),
      missed: JSON.parse(await readFile(crashFile, "utf8")) as string[],
    };
  } finally {
    await site.close();
  }
}

async function disturb(site: Site, { seed, workerKills, serverKills, within }: Disturbance): Promise<void> {
  const random = randomStream(["chaos", seed]);
  const kills = [
    ...Array.from({ length: workerKills }, () => ({
      at: random.uniform() * within,
      kill: async () => site.killWorker(),
    })),
    ...Array.from({ length: serverKills }, () => ({ at: random.uniform() * within, kill: () => site.killServer() })),
  ].toSorted((a, b) => a.at - b.at);
  let now = 0;
  for (const { at, kill } of kills) {
    await sleep(at - now);
    now = at;
    await kill();
  }
}

/** Waits for the end through server kills, where a call may fail at any moment. */
async function untilEnded(handle: WorkflowHandle): Promise<void> {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    const status = await handle.describe().then(
      (description) => description.status.name,
      () => "UNREACHABLE",
    );
    if (status === "COMPLETED") return;
    if (status !== "RUNNING" && status !== "UNREACHABLE")
      throw new Error(`the curriculum ended as ${status}: ${await handle.result().catch(String)}`);
    await sleep(200);
  }
  throw new Error(
    `the curriculum did not end within ${patience / 60_000} minutes: ${JSON.stringify(await handle.query("progress").catch(String))}`,
  );
}
