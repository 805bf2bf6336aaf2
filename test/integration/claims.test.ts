import type { WorkflowHandle } from "@temporalio/client";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { differences, readRunView, type RunView } from "../../bench/support/chaos/runView.ts";
import { openSite, type Site } from "../../bench/support/site.ts";
import { queues } from "../../temporal.config.ts";
import type { RunProgress } from "../../src/domain/progress.ts";

/** One run, several workflows that want to write in it. */
let site: Site;
beforeAll(async () => {
  site = await openSite("claims");
});
afterAll(() => site.close());

const settings = {
  preset: "tiny",
  evaluation: { questions: 0 },
  gate: { questions: 2, extensionIterations: 1 },
  stages: { reasoner: { iterations: 4 }, retriever: { iterations: 0 }, collaboration: { iterations: 0 } },
};

function start(type: string, workflowId: string, input: unknown): Promise<WorkflowHandle> {
  return site.client.workflow.start(type, { workflowId, taskQueue: queues.cpu, args: [input] });
}

async function until(handle: WorkflowHandle, reached: (progress: RunProgress) => boolean): Promise<void> {
  const progress = (): Promise<boolean> => handle.query<RunProgress>("progress").then(reached, () => false);
  await expect.poll(progress, { timeout: 120_000, interval: 100 }).toBe(true);
}

/** To its first task, as the UI's form proposes. */
async function reset(workflowId: string): Promise<void> {
  const handle = site.client.workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const workflowTaskFinishEventId =
    events?.find((event) => event.workflowTaskCompletedEventAttributes)?.eventId ?? null;
  await site.client.workflow.workflowService.resetWorkflowExecution({
    namespace: "default",
    workflowExecution: { workflowId, runId },
    reason: "by a person",
    workflowTaskFinishEventId,
    requestId: workflowId,
  });
}

const view = (run: string): Promise<RunView> => readRunView(join(site.root, run));
const refusal = (run: string, holder: string): object => ({
  cause: { type: "BadInput", message: expect.stringContaining(`run: ${run} is at work in ${holder}`) as unknown },
});

describe("a run that a curriculum works on", () => {
  it("is refused to every other workflow that writes, by the holder's name, and ends as if nobody had asked", async () => {
    const holder = await start("curriculum", "curriculum-one", { run: "one", ...settings });
    await until(holder, ({ iterationsDone }) => iterationsDone >= 1);
    await holder.signal("pause");
    const others: [string, unknown][] = [
      ["stage", { run: "one", stage: "reasoner" }],
      ["evaluate", { run: "one" }],
      ["evaluateRetrieval", { run: "one" }],
      ["indexCorpus", { run: "one" }],
      ["curriculum", { run: "one" }],
    ];
    for (const [type, input] of others)
      await expect((await start(type, `second-${type}`, input)).result()).rejects.toMatchObject(
        refusal("one", "curriculum-one"),
      );
    await holder.signal("resume");
    expect(await holder.result()).toEqual({ run: "one", report: "report.html" });
    expect((await view("one"))["steps"]).toHaveLength(4);
  });

  it("goes to one of two that start it at once", async () => {
    const short = { ...settings, stages: { ...settings.stages, reasoner: { iterations: 1 } } };
    const handles = await Promise.all(
      ["a", "b"].map((name) => start("curriculum", `curriculum-both-${name}`, { run: "both", ...short })),
    );
    const endings = await Promise.allSettled(handles.map((handle) => handle.result()));
    expect(endings.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await view("both"))["steps"]).toHaveLength(1);
  });

  it("is free as soon as its workflow was terminated, and ends bitwise equal after kills, a stage by hand, and a reset from the UI", async () => {
    const first = await start("curriculum", "curriculum-two", { run: "two", ...settings });
    await until(first, ({ iterationsDone }) => iterationsDone >= 1);
    site.killWorker();
    await first.signal("pause");
    await until(first, ({ phase }) => phase === "paused");
    await first.terminate("to be resumed");
    const stage = await start("stage", "by-hand", { run: "two", stage: "reasoner" });
    expect(await stage.result()).toMatchObject({ outcome: "finished" });
    const second = await start("curriculum", "curriculum-two", { run: "two" });
    expect(await second.result()).toMatchObject({ run: "two" });
    await reset("curriculum-two");
    expect(await site.client.workflow.getHandle("curriculum-two").result()).toMatchObject({ run: "two" });
    expect(differences(await view("two"), { ...(await view("one")) }).filter((line) => !line.includes("two"))).toEqual(
      [],
    );
  });
});

describe("a start without a name", () => {
  it("makes a new run each time, and goes on with its own when it is reset", async () => {
    const nothing = {
      preset: "tiny",
      evaluation: { questions: 0 },
      stages: { reasoner: { iterations: 0 }, retriever: { iterations: 0 }, collaboration: { iterations: 0 } },
    };
    const first = await start("curriculum", "curriculum-again", nothing);
    expect(await first.result()).toEqual({ run: "tiny-1", report: "report.html" });
    const second = await start("curriculum", "curriculum-again", nothing);
    await second.signal("pause");
    // Its name is at work on another run now, so the first one is free.
    await (await start("evaluate", "of-the-first", { run: "tiny-1" })).result();
    await second.signal("resume");
    expect(await second.result()).toEqual({ run: "tiny-2", report: "report.html" });
    await reset("curriculum-again");
    expect(await site.client.workflow.getHandle("curriculum-again").result()).toEqual({
      run: "tiny-2",
      report: "report.html",
    });
  });
});

describe("a run that nobody knows", () => {
  it.each([
    ["stage", { run: "nobody", stage: "reasoner" }],
    ["evaluate", { run: "nobody" }],
    ["evaluateRetrieval", { run: "nobody" }],
    ["indexCorpus", { run: "nobody" }],
    ["curriculum", { run: "nobody" }],
  ])("is refused by %s, by its name and at once", async (type, input) => {
    await expect((await start(type, `unknown-${type}`, input)).result()).rejects.toMatchObject({
      cause: {
        type: "BadInput",
        message: expect.stringContaining('run: there is no run "nobody"; known are') as unknown,
      },
    });
  });
});

describe("a finished run", () => {
  it("is extended, and rolled back, by starting it again", async () => {
    const signed = { name: "Ada", reason: "more" };
    const go = async (wish: object): Promise<void> =>
      void (await (await start("curriculum", "curriculum-one", { run: "one", ...wish })).result());
    await expect(go({ extend: { stage: "retriever", ...signed } })).rejects.toMatchObject({
      cause: { message: expect.stringContaining("stage retriever has not reached a gate") as unknown },
    });
    await expect(go({ rollBack: { branch: "main", step: 99, ...signed } })).rejects.toMatchObject({
      cause: { type: "BadInput", message: expect.stringContaining("step:") as unknown },
    });
    await go({ extend: { stage: "reasoner", ...signed } });
    expect((await view("one"))["steps"]).toHaveLength(5);
    await go({ rollBack: { branch: "main", step: 4, ...signed } });
    expect(JSON.stringify((await view("one"))["steps"])).toContain("branch-1");
    const progress = await site.client.workflow.getHandle("curriculum-one").query<RunProgress>("progress");
    expect(progress).toMatchObject({ phase: "done", iterationsDone: 5, waitsForPerson: false, acts: [] });
  });
});
