import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createScript } from "../workflows/scripted.ts";
import { chromiumPath } from "./chromium.ts";
import { phaseOf, startCurriculum } from "./curriculum.ts";
import { useBrowser } from "./site.ts";
import { patience } from "./ui.ts";

describe.skipIf(chromiumPath === undefined)("a run steered by the forms of the Temporal UI (needs chromium)", () => {
  const open = useBrowser();

  it("is paused, has its settings changed, and goes on", async () => {
    const id = "curriculum-paused";
    const script = createScript(1000);
    script.before = (name) => (name === "scoreAndPlan" ? sleep(200) : undefined);
    const { ui, workers } = open(script);
    const handle = await startCurriculum(workers, id);
    await expect.poll(() => phaseOf(handle), patience).toBe("training");
    await ui.sendSignal(id, "pause");
    await expect.poll(() => phaseOf(handle), patience).toBe("paused");
    await ui.sendUpdate(id, "changeSettings", { learningRate: 2e-4, name: "Ada", reason: "unstable" });
    await expect.poll(() => script.personDecisions, patience).toEqual(["settings by Ada"]);
    script.done.fill(1000);
    await ui.sendSignal(id, "resume");
    expect(await handle.result()).toMatchObject({ report: "report.html" });
  });

  it("has its gate decided, and a wrong decision refused with the field's name in front of the person", async () => {
    const id = "curriculum-gated";
    const script = createScript(1);
    script.gateDecision = "hold";
    const { ui, workers, page } = open(script);
    const handle = await startCurriculum(workers, id);
    await expect.poll(() => phaseOf(handle), patience).toBe("gate");
    await ui.sendUpdate(id, "decideGate", { decision: "aprove", name: "Ada", reason: "looks right" });
    await page
      .getByText(/decision: expected one of .*did you mean "approve"/u)
      .first()
      .waitFor();
    expect(script.personDecisions).toEqual([]);
    await page.getByRole("button", { name: "Cancel", exact: true }).filter({ visible: true }).last().click();
    script.gateDecision = "promote";
    await ui.sendUpdate(id, "decideGate", { decision: "approve", name: "Ada", reason: "looks right" });
    await expect.poll(() => script.personDecisions, patience).toEqual(["1 approve Ada"]);
    await handle.result();
  });

  it("goes back to a checkpoint that its query lists", async () => {
    const id = "curriculum-rolled-back";
    const script = createScript(1000);
    script.before = (name) => {
      // Stages begun after it have nothing left to train: none may have begun before the test sees that it went back.
      if (name === "rollBack") script.iterations = 0;
      return name === "scoreAndPlan" ? sleep(200) : undefined;
    };
    const { ui, workers } = open(script);
    const handle = await startCurriculum(workers, id);
    await expect.poll(() => phaseOf(handle), patience).toBe("training");
    expect(await ui.query(id, handle.firstExecutionRunId, "checkpoints")).toContainEqual({
      branch: "main",
      step: 0,
      label: "base",
    });
    await ui.sendUpdate(id, "rollBack", { branch: "main", step: 0, name: "Ada", reason: "reward fell" });
    await expect.poll(() => script.personDecisions, patience).toEqual(["back to 0 by Ada"]);
    expect(await handle.result()).toMatchObject({ report: "report.html" });
  });
});
