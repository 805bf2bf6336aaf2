import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { build } from "../../src/launch/build.mjs";
import { commands } from "../../src/launch/commands.mjs";
import { programs } from "../../src/launch/programs.mjs";
import { sourceFiles } from "../../src/launch/sources.mjs";
import { projectFolder } from "../cli/command.ts";

let folder: string;
let inputs: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-build-"));
  inputs = Object.keys((await build(folder)).inputs);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("the key covers every file that is in a build, and a build holds no package", () => {
  expect(inputs.length).toBeGreaterThan(500);
  const known = new Set(sourceFiles());
  expect(inputs.filter((file) => !known.has(file))).toEqual([]);
});

it("every file that a thread begins with is a program", () => {
  const begins = sourceFiles()
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) =>
      [
        ...readFileSync(join(projectFolder, file), "utf8").matchAll(
          /(?:startThread|inThread(?:<\w+>)?)\(\s*new URL\("(.+?)"/gu,
        ),
      ].map(([, path = ""]) => relative(projectFolder, join(projectFolder, dirname(file), path))),
    );
  expect(begins.length).toBeGreaterThan(4);
  expect(begins.filter((file) => !programs.includes(file))).toEqual([]);
});

it("every script of package.json that the bootstrap serves is a command, and every command such a script", () => {
  const { scripts } = JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8")) as {
    scripts: Readonly<Record<string, string>>;
  };
  const started = Object.entries(scripts).filter(([, script]) => script.startsWith("node bootstrap.cjs "));
  expect(started.map(([name]) => name).toSorted()).toEqual(Object.keys(commands).toSorted());
});
