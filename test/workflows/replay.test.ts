import { Worker } from "@temporalio/worker";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { workflowBundle } from "../../workers/bundle.ts";

/** Histories of earlier versions: today's workflow code must still lead where they went, or their runs could not be finished. */
const folder = new URL("histories/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".json"));

let bundle: { codePath: string };
beforeAll(async () => {
  bundle = await workflowBundle(join(tmpdir(), "med-r3-test-bundles"));
});

describe("recorded histories", () => {
  it.each([
    "buildDataset",
    "curriculum",
    "evaluate",
    "evaluateRetrieval",
    "indexCorpus",
    "nightlyEvaluation",
    "stage",
    "study",
  ])("are there for %s", (type) => {
    expect(files.some((file) => file.includes(`-${type}-`))).toBe(true);
  });

  it.each(files)("%s is replayed by today's code", async (file) => {
    const history: unknown = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
    // Children are named after their parent, so the workflow's own id counts too.
    const workflowId = file.replace(/^[^-]+-[^-]+-/u, "").replace(".json", "");
    await expect(Worker.runReplayHistory({ workflowBundle: bundle }, history, workflowId)).resolves.toBeUndefined();
  });
});
