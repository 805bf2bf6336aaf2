import type { WorkflowHandle } from "@temporalio/client";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { differences, readRunView, type RunView } from "../../bench/support/chaos/runView.ts";
import { openSite, type Site } from "../../bench/support/site.ts";
import { failureTypes, queues } from "../../temporal.config.ts";

const run = "drained";
const stageId = `curriculum-${run}-stage-reasoner`;
/** Iterations of a second or two, in which a worker can be told to end. */
const settings = {
  run,
  preset: "tiny",
  rollout: { questions: 8, samples: 8 },
  stages: [{ name: "reasoner", iterations: 4, rewards: { answer: 1 }, gate: null }],
  evaluation: { questions: 0 },
};

let site: Site;
beforeAll(async () => {
  site = await openSite("drain", { roles: ["cpu"] });
});
afterAll(() => site.close());

async function start(): Promise<WorkflowHandle> {
  await rm(join(site.root, run), { recursive: true, force: true });
  return site.client.workflow.start("curriculum", {
    workflowId: `curriculum-${run}`,
    taskQueue: queues.cpu,
    args: [settings],
  });
}

/** Process id of the worker that is in the middle of an update of the stage; NaN when there is none. */
async function updating(): Promise<number> {
  const { raw } = await site.client.workflow.getHandle(stageId).describe();
  const update = raw.pendingActivities?.find(({ activityType }) => activityType?.name === "update");
  return processOf(update?.lastWorkerIdentity);
}

/** Waits until a worker is in the middle of a job of the stage; its process id. */
async function workerAtWork(): Promise<number> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20)) {
    const pid = await updating().catch(() => Number.NaN);
    if (pid > 0) return pid;
  }
  throw new Error("no worker began an update");
}

/** Stops the worker of the workflows while `act` is done between the end of the job at work and the next one. */
async function betweenJobs(act: () => void): Promise<void> {
  process.kill(site.workerPid, "SIGSTOP");
  try {
    while ((await updating()) > 0) await sleep(20);
    act();
    await sleep(500);
  } finally {
    process.kill(site.workerPid, "SIGCONT");
  }
}

/** A worker's identity is "process id@host". */
function processOf(identity: string | null | undefined): number {
  return Number.parseInt(identity ?? "", 10);
}

interface StartedActivity {
  readonly name: string;
  /** Process id of the worker. */
  readonly worker: number;
  readonly attempt: number;
  readonly at: number;
}

/** All activities of the stage that came to an end, by who did them; not those that a worker refused because it ended. */
async function activities(): Promise<StartedActivity[]> {
  const { events } = await site.client.workflow.getHandle(stageId).fetchHistory();
  const names = new Map(
    events?.map(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => [
      String(eventId),
      scheduled?.activityType?.name ?? "",
    ]),
  );
  const refused = new Set(
    events?.map(({ activityTaskFailedEventAttributes: failed }) =>
      failed?.failure?.applicationFailureInfo?.type === failureTypes.lostEngine ? String(failed.startedEventId) : "",
    ),
  );
  return (events ?? []).flatMap(({ eventId, eventTime, activityTaskStartedEventAttributes: started }) =>
    started === undefined || started === null || refused.has(String(eventId))
      ? []
      : [
          {
            name: names.get(String(started.scheduledEventId)) ?? "",
            worker: processOf(started.identity),
            attempt: started.attempt ?? 0,
            at: Number(eventTime?.seconds) * 1000 + Number(eventTime?.nanos) / 1e6,
          },
        ],
  );
}

/** Activities of the stage that no worker took in time. */
async function notTaken(): Promise<number> {
  const { events } = await site.client.workflow.getHandle(stageId).fetchHistory();
  return events?.filter((event) => event.activityTaskTimedOutEventAttributes).length ?? 0;
}

interface Drained {
  readonly view: RunView;
  readonly exitCode: number | null;
  /** Process ids of the worker that was told to end and of the other one. */
  readonly pids: readonly [number, number];
  /** When it was told. */
  readonly told: number;
}

interface Drain {
  /** Of the workers' names, since a queue is served by one worker ever. */
  readonly name: string;
  /** Seconds. */
  readonly grace: number;
  readonly when: "in a job" | "between jobs";
}

/** Runs the curriculum on two gpu workers, of which the one that has the run is told to end. */
async function drainOne({ name, grace, when }: Drain): Promise<Drained> {
  const workers = ["one", "two"].map((worker) =>
    site.addWorker(["--role", "gpu", "--name", `${worker}-${name}`, "--grace", String(grace)]),
  );
  await Promise.all(workers.map(({ ready }) => ready));
  const handle = await start();
  const pid = await workerAtWork();
  let told = Date.now();
  const [first, other] = workers.toSorted((worker) => (worker.pid === pid ? -1 : 1));
  const tell = (): void => {
    told = Date.now();
    first?.kill("SIGTERM");
  };
  if (when === "in a job") tell();
  else await betweenJobs(tell);
  const exitCode = (await first?.ended) ?? null;
  expect(await handle.result()).toEqual({ run, report: "report.html" });
  other?.kill("SIGTERM");
  await other?.ended;
  return { view: await readRunView(join(site.root, run)), exitCode, told, pids: [pid, other?.pid ?? 0] };
}

describe("a gpu worker that is told to end", () => {
  let finished: RunView | undefined;

  it("finishes its job within the grace period, takes no new one, and leaves the rest to another worker", async () => {
    const {
      view,
      exitCode,
      told,
      pids: [first, other],
    } = await drainOne({ name: "patient", grace: 60, when: "in a job" });
    finished = view;
    expect(exitCode).toBe(0);
    const done = await activities();
    expect(done.filter(({ worker, at }) => worker === first && at > told + 500)).toEqual([]);
    for (const pid of [first, other]) expect(done.map(({ worker }) => worker)).toContain(pid);
    expect(done.every(({ attempt }) => attempt === 1)).toBe(true);
    expect(await notTaken()).toBe(0);
  });

  it("hands its job over after the grace period, and nothing is done twice", async () => {
    const { view, exitCode } = await drainOne({ name: "hasty", grace: 0, when: "in a job" });
    expect(exitCode).toBe(0);
    expect(differences(view, finished)).toEqual([]);
    expect(await notTaken()).toBe(0);
  });
  it("sends the run on when it is told between two of its jobs", async () => {
    const { view, exitCode } = await drainOne({ name: "between", grace: 60, when: "between jobs" });
    expect(exitCode).toBe(0);
    expect(differences(view, finished)).toEqual([]);
    expect(await notTaken()).toBe(0);
  });
});
