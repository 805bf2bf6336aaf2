import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programs } from "../../src/launch/programs.mjs";
import { projectFolder } from "../cli/command.ts";

/** A project of the same shape whose programs are empty, but for the worker, which prints what `src/word.ts` says. */
let project: string;
const builds = (): string => join(project, "node_modules", ".cache", "med-r3");

beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), "med-r3-launch #1 ")));
  for (const folder of ["activities", "workflows", "node_modules"]) await mkdir(join(project, folder));
  for (const name of ["esbuild", "@esbuild", "tsx", "get-tsconfig", "resolve-pkg-maps", "zod"])
    await symlink(join(projectFolder, "node_modules", name), join(project, "node_modules", name)).catch(() => null);
  await cp(join(projectFolder, "src", "launch"), join(project, "src", "launch"), { recursive: true });
  for (const name of ["package.json", "package-lock.json", "tsconfig.json"])
    await cp(join(projectFolder, name), join(project, name));
  await writeFile(join(project, "temporal.config.ts"), "");
  for (const program of programs) {
    await mkdir(dirname(join(project, program)), { recursive: true });
    await writeFile(join(project, program), "");
  }
  await writeFile(
    join(project, "workers", "main.ts"),
    `import { word } from "../src/word.ts";
     const { z } = await import("zod");
     console.log(word(), process.argv.slice(2).join(), typeof z.string, new URL("data.txt", import.meta.url).pathname.split("/").at(-2));`,
  );
});
afterAll(() => rm(project, { recursive: true, force: true }));

async function say(code: string): Promise<void> {
  await writeFile(join(project, "src", "word.ts"), code);
}

/** What the worker prints, or its error. */
async function start(): Promise<string> {
  try {
    const launch = ["src/launch/launch.mjs", "workers/main.ts", "--role", "cpu"];
    return (await promisify(execFile)(process.execPath, launch, { cwd: project })).stdout.trim();
  } catch (error) {
    return String(error);
  }
}

const one = "export const word = (): string => 'one';";
const printed = (word: string): string => `${word} --role,cpu function workers`;

describe("a program", () => {
  it("is built once, by whoever is first of those that start at once", async () => {
    await say(one);
    expect(await Promise.all([start(), start(), start()])).toEqual([printed("one"), printed("one"), printed("one")]);
    expect(await readdir(builds())).toHaveLength(1);
    expect(await start()).toBe(printed("one"));
    expect(await readdir(builds())).toHaveLength(1);
  });

  it("is built anew after an edit of a source file, and found again when the edit is taken back", async () => {
    await say(one.replace("one", "two"));
    expect(await start()).toBe(printed("two"));
    await say(one);
    expect(await start()).toBe(printed("one"));
    expect(await readdir(builds())).toHaveLength(2);
  });

  it("names the source file and its line in the stack of an error", async () => {
    await say(`type Nothing = undefined;\n\nexport const word = (): string => {\n  throw new Error("no word");\n};`);
    expect(await start()).toMatch(/no word[^]*at word \(.*src\/word\.ts:4:9\)/u);
  });

  it("with a mistake in its code says where", async () => {
    await say("export const word = (): string => {{;");
    expect(await start()).toMatch(/word\.ts:1:\d+: ERROR: /u);
  });

  it("starts all the same where no build can be kept", async () => {
    await rm(dirname(builds()), { recursive: true });
    await writeFile(dirname(builds()), "a file where the folder would be");
    await say(one);
    expect(await start()).toBe(printed("one"));
  });
});
