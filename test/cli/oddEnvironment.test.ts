import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectFolder, runProject } from "./command.ts";

describe("an environment that cannot be used is told in one line, without a stack", () => {
  it.each([
    ["a key for payloads that is none", { MED_R3_PAYLOAD_KEY: "short" }, "MED_R3_PAYLOAD_KEY must be 32 bytes"],
    ["no folder for temporary files", { TMPDIR: "/nowhere" }, "The folder for temporary files, /nowhere, cannot be"],
  ])("%s", async (_, environment, told) => {
    const { code, errors } = await runProject(["worker", "--address", "127.0.0.1:1"], undefined, environment);
    expect(errors.trim().split("\n")).toEqual([expect.stringContaining(told)]);
    expect(code).toBe(1);
  });

  it("by npm start before a server is started", async () => {
    const root = await mkdtemp(join(tmpdir(), "med-r3-temporary-"));
    const { code, errors } = await runProject(
      [
        "start",
        "--preset",
        "tiny",
        "--set",
        "evaluation.questions=1",
        "--root",
        join(root, "runs"),
        "--port",
        "0",
        "--ui-port",
        "0",
      ],
      undefined,
      { TMPDIR: "/nowhere" },
    );
    expect(errors).toMatch(/^The folder for temporary files, \/nowhere, .*TMPDIR\.$/mu);
    expect(code).toBe(1);
    expect(existsSync(join(root, "runs", ".server"))).toBe(false);
    await rm(root, { recursive: true });
  });
});

it.skipIf(!existsSync("/dev/full"))("output that a full disk does not take is a failure, not a success", () => {
  const { status, stderr } = spawnSync(
    "sh",
    ["-c", "exec node bootstrap.cjs study --preset quick --check > /dev/full"],
    {
      cwd: projectFolder,
      encoding: "utf8",
    },
  );
  expect(stderr).toContain("The output could not be written (ENOSPC).");
  expect(status).toBe(1);
});
