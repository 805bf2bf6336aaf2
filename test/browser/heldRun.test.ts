import { ApplicationFailure } from "@temporalio/activity";
import type { WorkflowHandle } from "@temporalio/client";
import { describe, expect, it } from "vitest";
import { createScript } from "../workflows/scripted.ts";
import { chromiumPath } from "./chromium.ts";
import { phaseOf, startCurriculum } from "./curriculum.ts";
import { useBrowser } from "./site.ts";
import { patience } from "./ui.ts";

describe.skipIf(chromiumPath === undefined)(
  "a run that cannot go on, by the forms of the Temporal UI (needs chromium)",
  () => {
    const open = useBrowser();

    it("is ended by the update abort, which says why", async () => {
      const id = "curriculum-aborted";
      const script = createScript(1);
      script.before = (name) => {
        if (name === "locateStage") throw ApplicationFailure.nonRetryable("the log is away");
      };
      const { ui, workers } = open(script);
      const handle = await startCurriculum(workers, id);
      await expect.poll(() => phaseOf(handle), patience).toBe("held");
      expect(await ui.query(id, handle.firstExecutionRunId, "progress")).toMatchObject({
        phase: "held",
        message: expect.stringContaining("the log is away") as unknown,
      });
      await ui.sendUpdate(id, "abort");
      await expect(handle.result()).rejects.toMatchObject({
        cause: { type: "Aborted", message: expect.stringContaining("the log is away") as unknown },
      });
    });

    it("goes on after the update retry, sent without data", async () => {
      const id = "curriculum-retried";
      const script = createScript(1);
      let broken = true;
      script.before = (name) => {
        if (name === "locateStage" && broken) throw ApplicationFailure.nonRetryable("the log is away");
      };
      const { ui, workers } = open(script);
      const handle = await startCurriculum(workers, id);
      await expect.poll(() => phaseOf(handle), patience).toBe("held");
      broken = false;
      await ui.sendUpdate(id, "retry");
      expect(await handle.result()).toMatchObject({ report: "report.html" });
    });

    it("has a failing activity paused, unpaused and reset, and loses nothing", async () => {
      const id = "curriculum-reset";
      const script = createScript(1);
      let broken = true;
      script.before = (name) => {
        if (name === "scoreAndPlan" && broken) throw new Error("the scorer is away");
      };
      const { ui, workers, page } = open(script);
      const handle = await startCurriculum(workers, id);
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
  },
);

async function pending(
  stage: WorkflowHandle,
): Promise<{ attempt?: number | null; paused?: boolean | null } | undefined> {
  const { raw } = await stage.describe();
  return raw.pendingActivities?.[0];
}
