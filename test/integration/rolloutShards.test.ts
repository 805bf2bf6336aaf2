import { defaultPayloadConverter } from "@temporalio/common";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RolledOut } from "../../activities/rollouts.ts";
import { differences, readRunView, type RunView } from "../../bench/support/chaos/runView.ts";
import { openSite, type Site } from "../../bench/support/site.ts";
import type { Trajectory } from "../../src/domain/trajectory.ts";
import { queues } from "../../temporal.config.ts";

/** A stage whose rollouts are in two shards, with one gpu worker, with two, and with workers that die. */
let folder: string;
let failpoints: string;
let site: Site;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-shards-"));
  failpoints = join(folder, "failpoints.json");
  await writeFile(failpoints, "[]");
  site = await openSite("shards", { roles: ["cpu", "gpu"], environment: { MED_R3_FAILPOINTS: failpoints } });
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true, force: true });
});

/** What a run came to; its name is its own. */
async function viewOf(
  run: string,
  rollout: Readonly<Record<string, number>> = { shards: 2 },
  iterations = 2,
): Promise<RunView> {
  const stages = [{ name: "reasoner", iterations, rewards: { answer: 1 }, gate: null }];
  await site.client.workflow.execute("curriculum", {
    workflowId: `curriculum-${run}`,
    taskQueue: queues.cpu,
    args: [{ run, preset: "tiny", stages, rollout, evaluation: { questions: 0 } }],
  });
  const { configuration, ...view } = await readRunView(join(site.root, run));
  expect(configuration).toMatchObject({ run });
  return view;
}

/** Who sampled the shards of a run, shard by shard. */
async function samplersOf(run: string): Promise<string[]> {
  const samplers: string[] = [];
  for await (const { workflowId } of site.client.workflow.list({ query: "WorkflowType = 'stage'" })) {
    if (!workflowId.includes(run)) continue;
    const { events = [] } = await site.client.workflow.getHandle(workflowId).fetchHistory();
    for (const { activityTaskCompletedEventAttributes: done } of events ?? []) {
      const payload = done?.result?.payloads?.[0];
      const result = payload === undefined || payload === null ? null : defaultPayloadConverter.fromPayload(payload);
      samplers.push(...((result as Partial<RolledOut> | null)?.workers ?? []));
    }
  }
  return samplers;
}

/** What the first iteration sampled, in its order. */
function firstTexts({ trajectories }: RunView): string[] {
  return (trajectories as string[])
    .map((row) => JSON.parse(row) as Trajectory)
    .flatMap(({ iteration, questionId, sample, text }) => (iteration === 0 ? [`${questionId} ${sample} ${text}`] : []));
}

it("comes to equal bits however many workers sample the shards, and whichever of them die", async () => {
  const alone = await viewOf("alone");
  expect(await samplersOf("alone")).toEqual(Array.from({ length: 4 }, () => "site"));

  const second = site.addWorker(["--role", "gpu", "--name", "second"]);
  await second.ready;
  const together = await viewOf("together");
  expect(differences(alone, together)).toEqual([]);
  const samplers = await samplersOf("together");
  expect(samplers).toHaveLength(4);
  expect(new Set(samplers)).toEqual(new Set(["site", "second"]));

  // Whichever gpu workers come to them first are killed: with a shard that is not written, with one that is, and while the policy is shared and trained.
  await writeFile(failpoints, JSON.stringify(["before appendBatch", "after appendBatch", "after appendOutcome"]));
  const killed = await viewOf("killed");
  expect(JSON.parse(await readFile(failpoints, "utf8"))).toEqual([]);
  expect(differences(alone, killed)).toEqual([]);

  // In one piece the last bits of log-probabilities may be others, but not the tokens that they draw.
  expect(firstTexts(await viewOf("whole", {}, 1))).toEqual(firstTexts(alone));
});
