import { NativeConnection, Worker } from "@temporalio/worker";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BuiltDataset } from "../../workflows/buildDataset.ts";
import { queues } from "../../temporal.config.ts";
import { createWorkspace } from "../../activities/workspace.ts";
import { createCpuActivities } from "../../workers/activities.ts";
import { workflowBundle } from "../../workers/bundle.ts";
import { createNamespace, type TestNamespace } from "./namespace.ts";

let place: TestNamespace;
let root: string;
let stop: () => Promise<void>;

beforeAll(async () => {
  place = await createNamespace();
  root = await mkdtemp(join(tmpdir(), "med-r3-build-"));
  const connection = await NativeConnection.connect({ address: place.address });
  const workspace = createWorkspace(root);
  const worker = await Worker.create({
    connection,
    namespace: place.namespace,
    activities: createCpuActivities(workspace),
    taskQueue: queues.cpu,
    workflowBundle: await workflowBundle(join(tmpdir(), "med-r3-test-bundles")),
  });
  const running = worker.run();
  stop = async () => {
    worker.shutdown();
    await running;
    await workspace.close();
    await connection.close();
    await place.close();
  };
});

afterAll(async () => stop());

const build = (input: object): Promise<BuiltDataset> =>
  place.client.workflow.execute("buildDataset", {
    taskQueue: queues.cpu,
    workflowId: `build-${JSON.stringify(input).length}-${Math.random()}`,
    args: [input],
  });

describe("the buildDataset workflow", () => {
  const row = {
    id: "a",
    question: "Which drug treats gonorrhea?",
    opa: "Ceftriaxone",
    opb: "Aspirin",
    opc: "Tea",
    opd: "Rest",
    cop: 1,
    exp: "Gonorrhea is treated with ceftriaxone.",
  };

  it("turns a file into training rows and rejects with reasons", async () => {
    const path = join(root, "medmcqa.json");
    await writeFile(
      path,
      [row, { ...row, id: "b", cop: 4, exp: null }, { ...row, id: "c", opb: "", opc: "", opd: "" }]
        .map((one) => JSON.stringify(one))
        .join("\n"),
    );
    const input = { name: "small", source: { benchmark: "medmcqa", path } };
    const few = "options: 1 of them, a choice needs two";
    expect(await build(input)).toEqual({
      accepted: 1,
      rejected: 1,
      reasons: { "it has no reference": 1 },
      leftOut: { count: 1, reasons: { [few]: 1 } },
    });
    expect(await readFile(join(root, ".datasets", "small", "left-out.jsonl"), "utf8")).toBe(
      `${JSON.stringify({ place: `${path}, line 3`, reason: few })}\n`,
    );
    expect(await readFile(join(root, ".datasets", "small", "train.jsonl"), "utf8")).toContain("ceftriaxone");
    // Again: everything is there already.
    expect(await build(input)).toMatchObject({ accepted: 1, rejected: 1 });
  });

  it("fails where nothing was accepted, and says why", async () => {
    const path = join(root, "bare.json");
    await writeFile(
      path,
      [
        { ...row, cop: 4, exp: null },
        { ...row, id: "b", cop: 9 },
      ]
        .map((one) => JSON.stringify(one))
        .join("\n"),
    );
    const failure = await build({ name: "bare", source: { benchmark: "medmcqa", path } }).catch(
      (error: unknown) => (error as Error).cause,
    );
    expect(failure).toMatchObject({
      type: "NothingAccepted",
      message: expect.stringMatching(
        /nothing was accepted; .*1 rejected \(1: it has no reference\); 1 rows of the source gave no question \(1: cop: 9 is no option/,
      ) as string,
    });
  });

  it("refuses another plan under a known name, whose items would be mixed with the first one's", async () => {
    const path = join(root, "planned.json");
    await writeFile(path, JSON.stringify({ ...row, cop: "A" }));
    const plan = { name: "planned", source: { benchmark: "medmcqa", path } };
    await build(plan);
    for (const [other, field] of [
      [{ ...plan, form: "choice" }, "form"],
      [{ ...plan, source: { benchmark: "medmcqa", path: join(root, "small", "..", "medmcqa.json") } }, "source"],
    ] as const)
      await expect(build(other)).rejects.toMatchObject({
        cause: {
          cause: { type: "BadInput", message: expect.stringContaining(`begun with another ${field}`) as unknown },
        },
      });
  });

  it("lets one workflow build a data set at a time", async () => {
    const path = join(root, "many.json");
    await writeFile(
      path,
      Array.from({ length: 1000 }, (_, index) => JSON.stringify({ ...row, id: `${index}`, cop: "A" })).join("\n"),
    );
    const plan = { name: "many", source: { benchmark: "medmcqa", path } };
    const endings = await Promise.allSettled([build(plan), build(plan)]);
    expect(endings.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(endings.find(({ status }) => status === "rejected")).toMatchObject({
      reason: {
        cause: { cause: { message: expect.stringContaining("name: data set many is at work in build-") as unknown } },
      },
    });
  });

  it.each([
    ["an unknown field", { name: "x", source: { benchmark: "medmcqa", path: "p" }, size: 3 }, "size"],
    ["a misspelt field", { name: "x", sourc: {} }, 'did you mean "source"?'],
    ["an unknown benchmark", { name: "x", source: { benchmark: "medmcq", path: "p" } }, 'did you mean "medmcqa"?'],
    ["a missing file", { name: "x", source: { benchmark: "medmcqa", path: "/nowhere.json" } }, "/nowhere.json"],
  ])("refuses %s at once, by name", async (_, input, named) => {
    const failure = await build(input).catch((error: unknown) => error);
    const causes = [failure, (failure as Error).cause, ((failure as Error).cause as Error | undefined)?.cause]
      .map((cause) => String(cause))
      .join(" ");
    expect(causes).toContain(named);
  });
});
