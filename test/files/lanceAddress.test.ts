import { connect } from "@lancedb/lancedb";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lanceAddress } from "../../src/files/lanceAddress.ts";

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "med-r3-paths-"));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

/** Names of folders that people have. */
const names = [
  "plain",
  "mit Leerzeichen",
  "Müller",
  "Ünïcode é",
  "日本語",
  "مجلد",
  "emoji 🩺",
  "a#b",
  "a?b",
  "100%",
  "a%20b",
  "a%2Fb",
  "a!b",
  "[draft]",
  "(copy)",
  "it's",
  'say "so"',
  "a\\b",
  "a&b",
  "$HOME",
  "a*b",
  "~old",
  "a^b",
  "a|b",
  "<new>",
  "{x}",
  "a`b",
  "a+b",
  "a=b,c;d@e",
  "-x",
  "…",
  "x".repeat(200),
];

describe("LanceDB in a folder", () => {
  it.each(names)("%s: tables and tags lie in it, and nothing beside it", async (name) => {
    const home = join(parent, `case ${names.indexOf(name)}`);
    const folder = join(home, name, "lance");
    await mkdir(folder, { recursive: true });
    const table = await (await connect(lanceAddress(folder))).createTable("t", [{ id: 1 }]);
    await table.add([{ id: 2 }]);
    await (await table.tags()).create("reader", await table.version());
    const again = await (await connect(lanceAddress(folder))).openTable("t");
    expect(Object.keys(await (await again.tags()).list())).toEqual(["reader"]);
    expect(await again.countRows()).toBe(2);
    expect(await readdir(home)).toEqual([name]);
    expect(await readdir(folder)).toEqual(["t.lance"]);
    expect(await readdir(join(folder, "t.lance"))).toContain("_refs");
  });
});
