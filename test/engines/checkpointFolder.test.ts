import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verifyCheckpointFolder, writeCheckpointFolder } from "../../src/engines/folders/checkpointFolder.ts";
import { DiskFullError, requireFreeSpace } from "../../src/files/freeSpace.ts";
import { temporaryFolder } from "../training/trainer.ts";

const what = { name: "main-2", stateHash: "state-2" };

async function writeFiles(folder: string): Promise<void> {
  await mkdir(join(folder, "nested"));
  await writeFile(join(folder, "weights"), "heavy");
  await writeFile(join(folder, "nested", "state"), "light");
}

async function snapshot(): Promise<string> {
  const folder = join(await temporaryFolder(), "checkpoints", "main-2");
  await writeCheckpointFolder(folder, what, writeFiles);
  return folder;
}

describe("a snapshot's folder", () => {
  test("holds what was written and its checksums", async () => {
    const folder = await snapshot();
    const manifest = await verifyCheckpointFolder(folder);
    expect(manifest).toMatchObject(what);
    expect(Object.keys(manifest.files)).toEqual(["nested/state", "weights"]);
  });

  test("is there as a whole or not at all: a write that fails leaves the earlier one", async () => {
    const folder = await snapshot();
    const full = async (temporary: string): Promise<void> => {
      await writeFile(join(temporary, "weights"), "hal");
      throw new DiskFullError("no room");
    };
    await expect(writeCheckpointFolder(folder, { ...what, stateHash: "other" }, full)).rejects.toThrow("no room");
    expect((await verifyCheckpointFolder(folder)).stateHash).toBe("state-2");
    expect(await readdir(join(folder, ".."))).toEqual(["main-2"]);
  });

  test.each([
    ["a changed byte", (folder: string) => writeFile(join(folder, "weights"), "heavX"), /weights: its checksum/u],
    ["a cut file", (folder: string) => writeFile(join(folder, "weights"), "he"), /weights: has 2 bytes, expected 5/u],
    ["a missing file", (folder: string) => rm(join(folder, "nested", "state")), /state: is missing/u],
    [
      "a broken manifest",
      (folder: string) => writeFile(join(folder, "snapshot.json"), "{"),
      /snapshot\.json: cannot be read/u,
    ],
  ])("with %s is refused", async (_, damage, message) => {
    const folder = await snapshot();
    await damage(folder);
    await expect(verifyCheckpointFolder(folder)).rejects.toThrow(message);
  });

  test("is replaced as a whole", async () => {
    const folder = await snapshot();
    await writeCheckpointFolder(folder, { ...what, stateHash: "other" }, (temporary) =>
      writeFile(join(temporary, "weights"), "new"),
    );
    expect((await verifyCheckpointFolder(folder)).stateHash).toBe("other");
    expect(await readFile(join(folder, "weights"), "utf8")).toBe("new");
  });
});

test("too little room on the disk stops before anything is written, and says what to do", async () => {
  const folder = await temporaryFolder();
  await expect(requireFreeSpace(folder)).resolves.toBeUndefined();
  await expect(requireFreeSpace(folder, 1e18)).rejects.toThrow(
    /MB are free in .*free some space, then let the run go on/u,
  );
  await expect(requireFreeSpace(folder, 1e18)).rejects.toMatchObject({ code: "ENOSPC" });
});
