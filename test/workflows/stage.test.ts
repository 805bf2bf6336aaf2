import { ApplicationFailure } from "@temporalio/activity";
import { describe, expect, it } from "vitest";
import { queues } from "../../temporal.config.ts";
import { createScript } from "./scripted.ts";
import { runStage, stageId } from "./scriptedStage.ts";
import { startScripted, useScripted, type ScriptedWorkers } from "./scriptedWorkers.ts";

const play = useScripted();

/** Histories of the newest stage, each continued by the next; the server's list of workflows is late at times. */
async function countHistories({ client: { workflow } }: ScriptedWorkers): Promise<number> {
  const { raw } = await workflow.getHandle(stageId).describe();
  let histories = 0;
  for (let runId = raw.workflowExecutionInfo?.firstRunId; runId; histories++) {
    const { events } = await workflow.getHandle(stageId, runId).fetchHistory();
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return histories;
}

describe("stage", () => {
  it("continues as new with every task replayed, losing and doubling nothing", async () => {
    const script = createScript(10);
    const workers = await startScripted(() => script, { maxCachedWorkflows: 0, maxConcurrentWorkflowTaskPolls: 1 });
    expect(await runStage(workers, { iterationsPerHistory: 3 })).toMatchObject({ outcome: "finished" });
    expect(script.calls.filter((name) => name === "update")).toHaveLength(10);
    // The engine is found once and kept across histories.
    expect(script.calls.filter((name) => name === "acquireEngine")).toHaveLength(1);
    expect(await countHistories(workers)).toBe(4);
    await workers.stop();
  });

  it("needs at most 25 history events an iteration and payloads of at most 10 KB", async () => {
    const script = createScript(20);
    const workers = play(script);
    await runStage(workers);
    const { events } = await workers.client.workflow.getHandle(stageId).fetchHistory();
    expect((events ?? []).length / 20).toBeLessThanOrEqual(25);
    for (const event of events ?? []) expect(JSON.stringify(event).length).toBeLessThan(10_000);
  });

  it("rolls out further questions for as long as the algorithm wants some, and scores all batches together", async () => {
    const script = createScript(2);
    script.questionsWanted.push(3, 1);
    await runStage(play(script));
    expect(script.further).toEqual([
      { round: 1, asked: 0, wanted: 3 },
      { round: 2, asked: 3, wanted: 1 },
    ]);
    expect(script.scoredBatches).toEqual([0, 1, 2, 0]);
    expect(script.done[0]).toBe(2);
  });

  it("ends at the next safe point when it is asked to stop", async () => {
    const script = createScript(1000);
    const workers = play(script);
    const handle = await workers.client.workflow.start("stage", {
      workflowId: stageId,
      taskQueue: queues.cpu,
      args: [{ run: "scripted", stage: "reasoner" }],
    });
    await handle.signal("stop");
    expect(await handle.result()).toEqual({ outcome: "stopped" });
    expect(script.done[0]).toBeLessThan(1000);
  });

  it("finds an engine anew when the one it held does not answer", async () => {
    const script = createScript(1);
    await runStage(play(script), { engineQueue: "a-process-that-died" });
    expect(script.calls.filter((name) => name === "acquireEngine")).toHaveLength(1);
    expect(script.done[0]).toBe(1);
  });

  it("goes on with another engine when a device is lost", async () => {
    const script = createScript(1);
    let lost = false;
    script.before = (name) => {
      if (name !== "update" || lost) return;
      lost = true;
      throw ApplicationFailure.create({ message: "CUDA failure 700", type: "LostEngine", nonRetryable: true });
    };
    expect(await runStage(play(script))).toMatchObject({ outcome: "finished" });
    expect(script.calls.filter((name) => name === "acquireEngine")).toHaveLength(2);
    expect(script.done[0]).toBe(1);
  });

  it("records a plan of smaller micro-batches when an update runs out of memory", async () => {
    const script = createScript(1);
    let shrunk = 0;
    script.before = (name) => {
      if (name === "shrinkPlan") shrunk++;
      if (name === "update" && shrunk < 2)
        throw ApplicationFailure.create({ message: "out of memory", type: "OutOfMemory", nonRetryable: true });
    };
    await runStage(play(script));
    expect(script.calls.filter((name) => name === "shrinkPlan")).toHaveLength(2);
    expect(script.done[0]).toBe(1);
  });

  it("fails by the name of what failed, so that it never reads as completed", async () => {
    const script = createScript(1);
    script.before = (name) => {
      if (name === "scoreAndPlan") throw ApplicationFailure.nonRetryable("the scorer broke");
    };
    const workers = play(script);
    await expect(runStage(workers)).rejects.toMatchObject({
      cause: { message: "scoreAndPlan: the scorer broke" },
    });
    expect((await workers.client.workflow.getHandle(stageId).describe()).status.name).toBe("FAILED");
  });

  it("that was started by itself fails at a gate that waits for a person, and says where it is decided", async () => {
    const script = createScript(1);
    script.gateDecision = "hold";
    await expect(runStage(play(script))).rejects.toMatchObject({
      cause: { type: "Held", message: expect.stringMatching(/gate waits for a person.*decideGate/u) },
    });
  });

  it.each([
    [{ run: "../elsewhere" }, "run:"],
    [{ stage: 4 }, "stage:"],
    [{ unknown: 1 }, "unknown"],
  ])("refuses %j by the field's name", async (wrong, named) => {
    await expect(runStage(play(createScript(1)), wrong)).rejects.toMatchObject({
      cause: { type: "BadInput", message: expect.stringContaining(named) },
    });
  });
});
