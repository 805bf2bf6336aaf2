import { describe, expect, it } from "vitest";
import { nightly, queues } from "../../temporal.config.ts";
import { createScript } from "../workflows/scripted.ts";
import { chromiumPath } from "./chromium.ts";
import { useBrowser } from "./site.ts";
import { patience } from "./ui.ts";

describe.skipIf(chromiumPath === undefined)("the nightly schedule in the Temporal UI (needs chromium)", () => {
  const open = useBrowser();

  it("is triggered by hand, and backfilled for a day", async () => {
    const script = createScript(1);
    const { ui, workers, page } = open(script);
    await workers.client.schedule.create({
      scheduleId: nightly.scheduleId,
      spec: { calendars: [{ ...nightly.at }] },
      policies: { overlap: nightly.overlap },
      action: {
        type: "startWorkflow",
        workflowType: "nightlyEvaluation",
        workflowId: nightly.scheduleId,
        taskQueue: queues.cpu,
        args: [nightly.input],
      },
    });
    const act = async (name: string): Promise<void> => {
      await ui.visit(`schedules/${nightly.scheduleId}`);
      await page.getByRole("button", { name: "Schedule Actions" }).click();
      await page.getByRole("menuitem", { name }).click();
    };
    const submit = (name: string): Promise<void> =>
      page.locator("button[type=submit]", { hasText: name }).filter({ visible: true }).last().click();
    const nights = (): number => script.calls.filter((name) => name === "reportRegressions").length;

    await act("Trigger");
    await submit("Trigger");
    await expect.poll(nights, patience).toBe(1);

    await act("Backfill");
    const fill = async (part: string, values: readonly [string, string]): Promise<void> => {
      for (const [index, value] of values.entries()) await page.locator(`#${part}:visible`).nth(index).fill(value);
    };
    await fill("hour", ["0", "23"]);
    await fill("minute", ["0", "59"]);
    await submit("Schedule");
    await expect.poll(nights, patience).toBe(2);
  });
});
