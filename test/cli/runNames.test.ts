import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unknownRun } from "../../activities/workspace.ts";
import { noSuchRun } from "../../src/cli/runNames.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "med-r3-names-"));
  for (const name of ["quick-1", "asthma"]) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, "configuration.json"), "{}");
  }
});
afterAll(() => rm(root, { recursive: true }));

describe("a run that is not there", () => {
  it("is refused at the terminal and by a workflow with those that are, and the nearest", async () => {
    expect(noSuchRun(root, "qiuck-1").message).toContain('did you mean "quick-1"?');
    expect(await unknownRun(root, "astma")).toContain('known are asthma, quick-1; did you mean "asthma"?');
  });

  it("has no nearest among names of another kind", () => {
    expect(noSuchRun(root, "trial").message).toMatch(/^there is no run "trial" in .*\. Known: [a-z0-9, -]+$/u);
  });
});
