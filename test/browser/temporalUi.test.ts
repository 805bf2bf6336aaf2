import { describe, expect, it } from "vitest";
import { queues, searchAttributes } from "../../temporal.config.ts";
import { createScript } from "../workflows/scripted.ts";
import { chromiumPath } from "./chromium.ts";
import { useBrowser } from "./site.ts";
import { patience } from "./ui.ts";

describe.skipIf(chromiumPath === undefined)("runs started and seen in the Temporal UI (needs chromium)", () => {
  const open = useBrowser();

  it("starts from the prefilled form with one JSON object", async () => {
    const { ui, workers, page } = open(createScript(1));
    await ui.start("curriculum", "curriculum-form", queues.cpu, { preset: "quick" });
    await expect
      .poll(
        () =>
          workers.client.workflow
            .getHandle("curriculum-form")
            .result()
            .catch(() => null),
        patience,
      )
      .toMatchObject({ report: "report.html" });
    await ui.visit("workflows/curriculum-form");
    await page.getByText("Completed").first().waitFor();
    await page.getByText("write the report").first().waitFor();
  });

  it("starts every workflow with {}: it works on defaults, or says at once which field is missing", async () => {
    const { ui, workers } = open(createScript(1));
    const endings = {
      curriculum: "report.html",
      nightlyEvaluation: '"evaluated":0',
      stage: "run",
      evaluate: "run",
      evaluateRetrieval: "run",
      indexCorpus: "corpus",
      buildDataset: "name",
    };
    for (const [type, word] of Object.entries(endings)) {
      await ui.start(type, `empty-${type}`, queues.cpu, {});
      const ending = (): Promise<string> =>
        workers.client.workflow
          .getHandle(`empty-${type}`)
          .result()
          .then(JSON.stringify, (error: Error) => String(error.cause));
      await expect.poll(ending, patience).toContain(word);
    }
  });

  it("shows a waiting gate in the details, with what a person can do", async () => {
    const script = createScript(1);
    script.gateDecision = "hold";
    const { ui, workers } = open(script);
    const { firstExecutionRunId: runId } = await workers.client.workflow.start("curriculum", {
      workflowId: "curriculum-gate",
      taskQueue: queues.cpu,
      args: [{}],
    });
    await expect
      .poll(() => ui.details("curriculum-gate", runId), patience)
      .toMatch(/gate waits for a person[^]*decideGate/u);
  });

  it("lists runs by their search attributes, as filters and as columns", async () => {
    const { ui, workers, page } = open(createScript(1));
    await workers.client.workflow.execute("curriculum", {
      workflowId: "curriculum-listed",
      taskQueue: queues.cpu,
      args: [{}],
    });
    const listed = '`WorkflowId` STARTS_WITH "curriculum-listed" AND `MedR3Stage`="retriever"';
    await ui.visit(`workflows?query=${encodeURIComponent(listed)}`);
    const rows = page.getByTestId("workflows-summary-configurable-table-row");
    await expect
      .poll(() => rows.allInnerTexts(), patience)
      .toEqual([expect.stringContaining("curriculum-listed-stage-retriever")]);
    await page.getByTestId("workflows-summary-table-configuration-button").click();
    for (const { name } of Object.values(searchAttributes))
      await page.getByRole("button", { name: `Add ${name} column` }).click();
    // Run, stage, iteration, accuracy and reward, in the columns' order.
    await expect
      .poll(() => rows.allInnerTexts(), patience)
      .toEqual([expect.stringMatching(/scripted\s+retriever\s+1\s+0\.25\s+0\.5/u)]);
  });
});
