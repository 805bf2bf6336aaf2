import { ApplicationFailure } from "@temporalio/activity";
import type { WorkflowHandle } from "@temporalio/client";
import { msToNumber } from "@temporalio/common/lib/time.js";
import { describe, expect, it } from "vitest";
import { engineWaitTold, queues } from "../../temporal.config.ts";
import type { RunProgress } from "../../src/domain/progress.ts";
import { createScript, type Script } from "./scripted.ts";
import { useScripted } from "./scriptedWorkers.ts";

const play = useScripted();

/** In place of what a test that failed left. */
async function start(script: Script, input: unknown = {}): Promise<WorkflowHandle> {
  return play(script).client.workflow.start("curriculum", {
    workflowId: "curriculum-scripted",
    taskQueue: queues.cpu,
    args: [input],
    workflowIdConflictPolicy: "TERMINATE_EXISTING",
  });
}

/** Asks ever more seldom: each query costs the server a workflow task. */
async function until(handle: WorkflowHandle, reached: (progress: RunProgress) => boolean): Promise<RunProgress> {
  for (let wait = 20; ; wait = Math.min(2 * wait, 320)) {
    const progress = await handle.query<RunProgress>("progress");
    if (reached(progress)) return progress;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

describe("curriculum", () => {
  it("goes through three stages of rollout, score and update, each with its gate, and ends with the report", async () => {
    const script = createScript(2);
    const handle = await start(script);
    expect(await handle.result()).toEqual({ run: "scripted", report: "report.html" });
    expect(script.done).toEqual([2, 2, 2]);
    expect(script.calls.filter((name) => name === "rollOut")).toHaveLength(6);
    expect(script.calls.filter((name) => name === "decideGate")).toHaveLength(3);
    const progress = await handle.query<RunProgress>("progress");
    expect(progress).toMatchObject({ phase: "done", iterationsDone: 6, iterationsTotal: 6 });
  });

  it("whose budget is reached in the middle of a stage waits there, holding no engine, until a named person approves more", async () => {
    const script = createScript(4);
    script.budget = 2;
    const handle = await start(script);
    const waiting = await until(handle, ({ waitsForPerson }) => waitsForPerson);
    expect(waiting).toMatchObject({ phase: "held", message: "the budget is reached (2 of 2)", iterationsDone: 2 });
    expect(waiting.acts).toContain("update approveBudget");
    expect(script.done).toEqual([2, 0, 0]);
    // Nothing is sampled ahead that the budget does not cover.
    expect(script.calls.filter((name) => name === "rollOut")).toHaveLength(2);
    expect(script.calls).toContain("releaseEngine");
    await expect(
      handle.executeUpdate("approveBudget", { args: [{ tokens: 100, reason: "more" }] }),
    ).rejects.toMatchObject({ cause: { message: expect.stringMatching(/^name: /u) } });
    await expect(
      handle.executeUpdate("approveBudget", { args: [{ name: "Ada", reason: "more" }] }),
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining("give tokens, money or hours") } });
    const approval = { tokens: 100, name: "Ada", reason: "still rising" };
    expect(await handle.executeUpdate("approveBudget", { args: [approval] })).toBe("approved by Ada");
    expect(await handle.result()).toEqual({ run: "scripted", report: "report.html" });
    expect(script.done).toEqual([4, 4, 4]);
    expect(script.personDecisions).toEqual(["100 tokens by Ada"]);
  });

  it("refuses an unknown field by name, at once and without retries", async () => {
    const script = createScript(1);
    const handle = await start(script, { stge: 3 });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { message: "stge: unknown field", type: "BadInput" },
    });
    expect(script.calls).toEqual(["openRun"]);
  });

  it.each([{}, { run: "scripted" }])(
    "holds, and does not fail, when storage fails at its start with %j",
    async (input) => {
      const script = createScript(1);
      let away = true;
      script.before = (name) => {
        if (name === "openRun" && away)
          throw ApplicationFailure.create({ message: "EIO: i/o error, open 'configuration.json'", nonRetryable: true });
      };
      const handle = await start(script, input);
      const held = await until(handle, (progress) => progress.phase === "held");
      expect(held).toMatchObject({
        message: expect.stringContaining("EIO"),
        waitsForPerson: true,
        acts: ["update retry", "update abort", "signal pause"],
      });
      away = false;
      await handle.executeUpdate("retry");
      expect(await handle.result()).toMatchObject({ report: "report.html" });
    },
  );

  it("does what a person asked for beside the start before it goes on, and refuses a wish without a run", async () => {
    const script = createScript(1);
    const signed = { name: "Ada", reason: "more" };
    const handle = await start(script, {
      run: "scripted",
      rollBack: { branch: "main", step: 0, ...signed },
      extend: { stage: "collaboration", ...signed },
    });
    await handle.result();
    expect(script.personDecisions).toEqual(["back to 0 by Ada", "collaboration extended by Ada"]);
    for (const [wish, field] of [
      [{ extend: { stage: "collaboration", ...signed } }, "run:"],
      [{ run: "scripted", extend: { stage: "9", ...signed } }, "extend.stage"],
      [{ run: "scripted", rollBack: { branch: "main", step: 1 } }, "rollBack.name"],
    ] as const) {
      const wrong = await start(script, wish);
      await expect(wrong.result()).rejects.toMatchObject({
        cause: { type: "BadInput", message: expect.stringContaining(field) },
      });
    }
  });

  it("that is held goes back to a checkpoint, though what failed would fail again", async () => {
    const script = createScript(1);
    script.before = (name) => {
      if (name === "rollOut" && script.personDecisions.length === 0)
        throw ApplicationFailure.nonRetryable("this policy cannot be sampled");
    };
    const handle = await start(script);
    await until(handle, (progress) => progress.phase === "held");
    await handle.executeUpdate("rollBack", { args: [{ branch: "main", step: 0, name: "Ada", reason: "broken" }] });
    expect(await handle.result()).toMatchObject({ report: "report.html" });
    expect(script.personDecisions).toEqual(["back to 0 by Ada"]);
  });

  it("says within 10 s that no engine is there, and why, and goes on when there is one", async () => {
    const script = createScript(1);
    let free = (): void => undefined;
    const engine = new Promise<void>((resolve) => (free = resolve));
    script.before = (name) => (name === "acquireEngine" ? engine : undefined);
    const handle = await start(script);
    await until(handle, (progress) => progress.message === "waits for an engine: all are busy");
    expect(msToNumber(engineWaitTold)).toBeLessThan(10_000);
    free();
    await handle.result();
  });

  it("refuses an input that is no object", async () => {
    const handle = await start(createScript(1), [1, 2]);
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: "BadInput" } });
  });

  it("holds the run at a fault that retries do not cure, and goes on after the update retry", async () => {
    const script = createScript(1);
    let broken = true;
    script.before = (name) => {
      if (name === "scoreAndPlan" && broken) throw ApplicationFailure.nonRetryable("the scorer broke");
    };
    const handle = await start(script);
    const held = await until(handle, (progress) => progress.phase === "held");
    expect(held.message).toContain("the scorer broke");
    broken = false;
    await handle.executeUpdate("retry");
    expect(await handle.result()).toMatchObject({ report: "report.html" });
  });

  it("ends a held run at the update abort", async () => {
    const script = createScript(1);
    script.before = (name) => {
      if (name === "rollOut") throw ApplicationFailure.nonRetryable("no engine");
    };
    const handle = await start(script);
    await until(handle, (progress) => progress.phase === "held");
    await handle.executeUpdate("abort");
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: "Aborted" } });
  });

  it("refuses retry, abort and a gate decision while nothing waits for them", async () => {
    const script = createScript(1);
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    script.before = (name) => (name === "rollOut" ? gate : undefined);
    const handle = await start(script);
    await until(handle, (progress) => progress.phase === "training");
    for (const update of ["retry", "abort"])
      await expect(handle.executeUpdate(update)).rejects.toMatchObject({ cause: { message: "the run is not held" } });
    const decision = { decision: "approve", name: "Ada", reason: "looks right" };
    await expect(handle.executeUpdate("decideGate", { args: [decision] })).rejects.toMatchObject({
      cause: { message: "no gate waits for a decision" },
    });
    await expect(handle.executeUpdate("decideGate", { args: [{ decision: "aprove" }] })).rejects.toMatchObject({
      cause: { message: expect.stringContaining("decision") },
    });
    open();
    await handle.result();
  });

  it("waits at a gate that holds until a person decides with name and reason", async () => {
    const script = createScript(1);
    script.gateDecision = "hold";
    const handle = await start(script);
    for (const stage of ["reasoner", "retriever", "collaboration"]) {
      await until(
        handle,
        (progress) => progress.phase === "gate" && progress.message.includes(`gate of stage ${stage} waits`),
      );
      await handle.executeUpdate("decideGate", { args: [{ decision: "approve", name: "Ada", reason: "looks right" }] });
    }
    await handle.result();
    expect(script.personDecisions).toEqual(["1 approve Ada", "2 approve Ada", "3 approve Ada"]);
  });

  it("pauses at a safe point and goes on after resume", async () => {
    const script = createScript(50);
    const handle = await start(script);
    await until(handle, (progress) => progress.iteration >= 2);
    await handle.signal("pause");
    await until(handle, (progress) => progress.phase === "paused");
    expect(script.calls.at(-1)).toBe("releaseEngine");
    const calls = script.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(script.calls.length).toBe(calls);
    script.done.fill(50);
    await handle.signal("resume");
    await handle.result();
  });

  it("that is cancelled keeps all, and goes on when its name is started again", async () => {
    const script = createScript(50);
    const handle = await start(script);
    await until(handle, (progress) => progress.iteration >= 1);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
    const done = script.done[0] ?? 0;
    expect(done).toBeGreaterThan(0);
    script.done.fill(Math.max(done, 48));
    const again = await start(script, { run: "scripted" });
    expect(await again.result()).toMatchObject({ report: "report.html" });
    expect(script.done).toEqual([50, 50, 50]);
  });

  it("goes back to a checkpoint at the next safe point, and refuses one that does not exist", async () => {
    const script = createScript(12);
    const handle = await start(script);
    await until(handle, (progress) => progress.iteration >= 2);
    expect(await handle.query("checkpoints")).toContainEqual({ branch: "main", step: 0, label: "base" });
    const signed = { name: "Ada", reason: "reward fell" };
    await expect(
      handle.executeUpdate("rollBack", { args: [{ branch: "main", step: 999, ...signed }] }),
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining("step: no checkpoint") } });
    await handle.executeUpdate("rollBack", { args: [{ branch: "main", step: 0, ...signed }] });
    while (script.personDecisions.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(script.personDecisions).toEqual(["back to 0 by Ada"]);
    script.done.fill(12);
    await handle.result();
  });

  it("changes settings, and refuses wrong ones by the field's name", async () => {
    const script = createScript(20);
    const handle = await start(script);
    await until(handle, (progress) => progress.iteration >= 1);
    const signed = { name: "Ada", reason: "slower" };
    for (const [wrong, named] of [
      [{ learningRate: -1, ...signed }, "learningRate"],
      [{ rewards: { anwser: 1 }, ...signed }, "rewards"],
      [{ learningRate: 1e-4 }, "name"],
      [signed, "learningRate"],
    ] as const) {
      await expect(handle.executeUpdate("changeSettings", { args: [wrong] })).rejects.toMatchObject({
        cause: { message: expect.stringContaining(named) },
      });
    }
    await handle.executeUpdate("changeSettings", { args: [{ learningRate: 1e-4, ...signed }] });
    expect(script.personDecisions).toEqual(["settings by Ada"]);
    script.done.fill(20);
    await handle.result();
  });

  it("ignores signals with stray payloads", async () => {
    const script = createScript(1);
    const handle = await start(script);
    for (const stray of [null, 7, "x", { phase: "training" }, [1]]) await handle.signal("stageProgress", stray);
    await handle.signal("pause", { stray: true });
    await handle.signal("resume", 5);
    expect(await handle.result()).toMatchObject({ report: "report.html" });
  });
});
