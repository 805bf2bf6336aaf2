import { execFile } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../corpus/temporaryFolder.ts";
import { projectFolder } from "../../cli/command.ts";

it.each([
  [
    "a thread of the engine",
    "test/engines/onnx/support.ts",
    "const bench = new m.Workbench(); await bench.open(); await bench.clear();",
  ],
  ["this thread", "src/onnx/provider.ts", 'await m.checkProvider({ provider: "cpu", threads: 1 });'],
])("onnxruntime in %s leaves no file of its telemetry, whoever starts the process", async (_, module, work) => {
  const temporary = temporaryFolder();
  const { ORT_DISABLE_TELEMETRY: _unset, ...environment } = process.env;
  const program = join(temporary, "program.mjs");
  const url = pathToFileURL(join(projectFolder, module)).href;
  await writeFile(program, `const m = await import(${JSON.stringify(url)}); ${work} process.exit();`);
  await promisify(execFile)(process.execPath, ["--import", "tsx", program], {
    cwd: projectFolder,
    env: { ...environment, TMPDIR: temporary },
  });
  expect((await readdir(temporary)).filter((name) => name.startsWith("mat-debug"))).toEqual([]);
});
