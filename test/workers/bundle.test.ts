import { bundleWorkflowCode } from "@temporalio/worker";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { workflowsFile } from "../../workers/bundle.ts";
import { importedFiles } from "../../workers/importedFiles.ts";
import { projectFolder } from "../cli/command.ts";

describe("the key of the workflow bundle", () => {
  it("covers every file of the project that is in the bundle", async () => {
    const { code } = await bundleWorkflowCode({ workflowsPath: workflowsFile });
    const known = new Set((await importedFiles(workflowsFile)).map(({ file }) => relative(projectFolder, file)));
    const inBundle = [
      ...new Set(
        [...code.matchAll(/"\.\/((?:workflows|src|activities|workers)\/[\w./-]+\.m?[tj]s|temporal\.config\.ts)/gu)].map(
          ([, file = ""]) => file,
        ),
      ),
    ];
    expect(inBundle.length).toBeGreaterThan(20);
    expect(inBundle.filter((file) => !known.has(file))).toEqual([]);
  });

  it("follows imports of values and types, exports and calls, once each", async () => {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-imports-"));
    const texts = {
      "a.ts": `import { b } from "./b.ts";\nexport * from './c.ts';\nconst d = await import("./d.ts");`,
      "b.ts": `import type { A } from "./a.ts";\nimport "./e.ts";`,
      "c.ts": `import {\n  x,\n} from "./d.ts";`,
      "d.ts": `import fs from "node:fs";`,
      "e.ts": "",
      "f.ts": "",
    };
    for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
    expect((await importedFiles(join(folder, "a.ts"))).map(({ file }) => relative(folder, file))).toEqual([
      "a.ts",
      "b.ts",
      "c.ts",
      "d.ts",
      "e.ts",
    ]);
    await rm(folder, { recursive: true });
  });
});
