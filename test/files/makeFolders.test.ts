import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolders } from "../../src/files/makeFolders.ts";
import { canBeFilled } from "../../src/files/userCache.ts";

const root = mkdtempSync(join(tmpdir(), "med-r3-folders-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("makeFolders", () => {
  it("makes a folder with those above it, and takes one that is there", () => {
    const folder = join(root, "a", "b", "c");
    makeFolders(folder);
    makeFolders(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it("throws the system's error where a file stands in the way", () => {
    writeFileSync(join(root, "file"), "");
    expect(() => makeFolders(join(root, "file"))).toThrow("EEXIST");
    expect(() => makeFolders(join(root, "file", "below"))).toThrow(/^ENOTDIR.*mkdir/u);
  });

  // A recursive mkdir of Node never comes back from here.
  it.runIf(existsSync("/proc/self"))("throws where the file system takes no folders", async () => {
    expect(() => makeFolders("/proc/none/cache")).toThrow("ENOENT");
    expect(await canBeFilled("/proc/none/cache")).toBe(false);
  });
});
