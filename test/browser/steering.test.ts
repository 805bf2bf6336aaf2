import { ApplicationFailure } from "@temporalio/activity";
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from "@temporalio/client";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { queues } from "../../temporal.config.ts";
import type { RunProgress } from "../../src/domain/progress.ts";
import { createScript } from "../workflows/scripted.ts";
import type { ScriptedWorkers } from "../workflows/scriptedWorkers.ts";
import { chromiumPath } from "./chromium.ts";
import { useBrowser } from "./site.ts";
import { patience } from "./ui.ts";

const id = "curriculum-steered";

function start(workers: ScriptedWorkers): Promise<WorkflowHandleWithFirstExecutionRunId> {
  return workers.client.workflow.start("curriculum", { workflowId: id, taskQueue: queues.cpu, args: [{}] });
}

const phase = async (handle: WorkflowHandle): Promise<string> => (await handle.query<RunProgress>("progress")).phase;

describe.skipIf(chromiumPath === undefined)("a run steered by the forms of the Temporal UI (needs chromium)", () => {
  const open = useBrowser();

  it("is paused, has its settings changed, and goes on", async () => {
    const script = createScript(1000);
    script.before = (name) => (name === "scoreAndPlan" ? sleep(200) : undefined);
    const { ui, workers } = await open(script);
    const handle = await start(workers);
    await expect.poll(() => phase(handle), patience).toBe("training");
    await ui.sendSignal(id, "pause");
    await expect.poll(() => phase(handle), patience).toBe("paused");
    await ui.sendUpdate(id, "changeSettings", { learningRate: 2e-4, name: "Ada", reason: "unstable" });
    await expect.poll(() => script.personDecisions, patience).toEqual(["settings by Ada"]);
    script.done.fill(1000);
    await ui.sendSignal(id, "resume");
    expect(await handle.result()).toMatchObject({ report: "report.html" });
  });

  it("has its gate decided, and a wrong decision refused with the field's name in front of the person", async () => {
    const script = createScript(1);
    script.gateDecision = "hold";
    const { ui, workers, page } = await open(script);
    const handle = await start(workers);
    await expect.poll(() => phase(handle), patience).toBe("gate");
    await ui.sendUpdate(id, "decideGate", { decision: "aprove", name: "Ada", reason: "looks right" });
    await page
      .getByText(/decision: expected one of .*did you mean "approve"/u)
      .first()
      .waitFor();
    expect(script.personDecisions).toEqual([]);
    script.gateDecision = "promote";
    await ui.sendUpdate(id, "decideGate", { decision: "approve", name: "Ada", reason: "looks right" });
    await expect.poll(() => script.personDecisions, patience).toEqual(["1 approve Ada"]);
    await handle.result();
  });

  it("goes back to a checkpoint that its query lists", async () => {
    const script = createScript(1000);
    script.before = (name) => {
      // Stages begun after it have nothing left to train: none may have begun before the test sees that it went back.
      if (name === "rollBack") script.iterations = 0;
      return name === "scoreAndPlan" ? sleep(200) : undefined;
    };
    const { ui, workers } = await open(script);
    const handle = await start(workers);
    await expect.poll(() => phase(handle), patience).toBe("training");
    expect(await ui.query(id, handle.firstExecutionRunId, "checkpoints")).toContainEqual({
      branch: "main",
      step: 0,
      label: "base",
    });
    await ui.sendUpdate(id, "rollBack", { branch: "main", step: 0, name: "Ada", reason: "reward fell" });
    await expect.poll(() => script.personDecisions, patience).toEqual(["back to 0 by Ada"]);
    expect(await handle.result()).toMatchObject({ report: "report.html" });
  });

  it("that is held is ended by the update abort, which says why", async () => {
    const script = createScript(1);
    script.before = (name) => {
      if (name === "locateStage") throw ApplicationFailure.nonRetryable("the log is away");
    };
    const { ui, workers } = await open(script);
    const handle = await start(workers);
    await expect.poll(() => phase(handle), patience).toBe("held");
    expect(await ui.query(id, handle.firstExecutionRunId, "progress")).toMatchObject({
      phase: "held",
      message: expect.stringContaining("the log is away") as unknown,
    });
    await ui.sendUpdate(id, "abort");
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: "Aborted", message: expect.stringContaining("the log is away") as unknown },
    });
  });

  it("that is held goes on after the update retry, sent without data", async () => {
    const script = createScript(1);
    let broken = true;
    script.before = (name) => {
      if (name === "locateStage" && broken) throw ApplicationFailure.nonRetryable("the log is away");
    };
    const { ui, workers } = await open(script);
    const handle = await start(workers);
    await expect.poll(() => phase(handle), patience).toBe("held");
    broken = false;
    await ui.sendUpdate(id, "retry");
    expect(await handle.result()).toMatchObject({ report: "report.html" });
  });

  it("has a failing activity paused, unpaused and reset, and loses nothing", async () => {
    const script = createScript(1);
    let broken = true;
    script.before = (name) => {
      if (name === "scoreAndPlan" && broken) throw new Error("the scorer is away");
    };
    const { ui, workers, page } = await open(script);
    const handle = await start(workers);
    const stage = workers.client.workflow.getHandle(`${id}-stage-reasoner`);
    const attempts = async (): Promise<number> => (await pending(stage))?.attempt ?? 0;
    await expect.poll(() => attempts().catch(() => 0), patience).toBeGreaterThan(1);
    const { runId } = await stage.describe();
    await ui.visit(`workflows/${id}-stage-reasoner/${runId}/pending-activities`);
    const press = async (name: string): Promise<void> => {
      await page.getByRole("button", { name, exact: true }).first().click();
      if (name === "Pause") await page.locator("#activity-pause-reason").fill("maintenance");
      await page
        .locator("button[type=submit]", { hasText: new RegExp(`^\\s*${name}\\s*$`, "u") })
        .filter({ visible: true })
        .click();
    };
    await press("Pause");
    await expect.poll(async () => (await pending(stage))?.paused, patience).toBe(true);
    await press("Unpause");
    await expect.poll(async () => (await pending(stage))?.paused ?? false, patience).toBe(false);
    await press("Reset");
    broken = false;
    expect(await handle.result()).toMatchObject({ report: "report.html" });
    expect(script.done).toEqual([1, 1, 1]);
  });
});

async function pending(
  stage: WorkflowHandle,
): Promise<{ attempt?: number | null; paused?: boolean | null } | undefined> {
  const { raw } = await stage.describe();
  return raw.pendingActivities?.[0];
}
