import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cacheFolder, findTemporal } from "../../src/server/executable.ts";
import { projectFolder } from "./command.ts";

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "med-r3-odd-"));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

const unwanted = /^(?:node_modules|\.git|\.ci|test|docs|bench)$/u;

/** A clone in a folder of this name, with this one's packages. */
async function cloneTo(folder: string): Promise<void> {
  await cp(projectFolder, folder, {
    recursive: true,
    filter: (source) => !unwanted.test(relative(projectFolder, source)),
  });
  await symlink(join(projectFolder, "node_modules"), join(folder, "node_modules"));
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runIn(clone: string, words: readonly string[], environment: Readonly<Record<string, string>> = {}): Ended {
  const env = { ...process.env, ...environment };
  return spawnSync(process.execPath, [join(clone, "bootstrap.cjs"), ...words], { cwd: clone, encoding: "utf8", env });
}

describe("a clone in a folder that the tools which load code cannot take", () => {
  it.each(["\\", "!", "?", "*", "\t"])("%j: is refused by that sign at once", async (sign) => {
    const clone = join(parent, `a${sign}b`);
    await mkdir(clone);
    await cp(join(projectFolder, "bootstrap.cjs"), join(clone, "bootstrap.cjs"));
    const { status, stderr } = runIn(clone, ["start", "--help"]);
    expect(stderr).toContain(`has ${JSON.stringify(sign)} in its path`);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(status).toBe(2);
  });
});

describe("a whole run", () => {
  it("ends with its report wherever clone, root, data, model, corpus, home and caches lie, and leaves nothing beside them", async () => {
    const home = join(parent, "home Jörg's #1 50% [x]");
    const clone = join(home, 'clone "日本" é ; {a}|<>^~$HOME&');
    const data = join(home, "data wo? was! %20 \\ a*b", "x".repeat(120));
    const corpus = join(home, "مجلد 🩺 #?%");
    const model = join(home, "model ?#[!] `q`");
    const real = join(home, `runs %2F? ${"y".repeat(120)}`);
    const root = join(home, "link to runs");
    for (const folder of [data, corpus, real]) await mkdir(folder, { recursive: true });
    await symlink(real, root);
    await cloneTo(clone);
    await cp(join(projectFolder, "models", "world-base"), model, { recursive: true });
    const indices = Array.from({ length: 30 }, (_, index) => index);
    const options = { A: "rest", B: "tea", C: "sleep", D: "water" };
    const question = (index: number): string => `What treats case ${index} with fever and cough ${index % 7}?`;
    const rows = indices.map((index) => ({ question: question(index), options, answer: "tea", answer_idx: "B" }));
    const questions = join(data, "fragen #1.jsonl");
    await writeFile(questions, rows.map((row) => JSON.stringify(row)).join("\n"));
    await writeFile(
      join(corpus, "100% é.txt"),
      indices.map((index) => `Case ${index} has a cough. It is treated with tea.`).join("\n\n"),
    );
    const short = [
      "stages.reasoner.iterations=1",
      "stages.retriever.iterations=0",
      "stages.collaboration.iterations=0",
    ];
    // A model made of noise has no demonstration that it could be warmed up on.
    const settings = ["data.format=medqa", "evaluation.questions=1", "warmStart.when=off", ...short].flatMap((one) => [
      "--set",
      one,
    ]);
    const places = ["--questions", questions, "--corpus", corpus, "--model", model, "--root", root];
    const caches = { HOME: home, XDG_CACHE_HOME: join(home, "caches #%3F é"), MED_R3_TEMPORAL: "" };
    const cache = cacheFolder(caches) ?? "";
    await mkdir(cache, { recursive: true });
    await symlink(
      await findTemporal({ environment: process.env, onProgress: () => undefined }),
      join(cache, "temporal"),
    );
    const before = await readdir(home);
    const { status, stdout, stderr } = runIn(
      clone,
      ["start", "--preset", "tiny", "--dataset", "files", ...places, ...settings, "--port", "0", "--ui-port", "0"],
      caches,
    );
    expect({ status, stderr, stdout }).toMatchObject({ status: 0 });
    expect(await readdir(join(real, "tiny-1"))).toContain("report.html");
    expect(await readdir(home)).toEqual(before);
  });
});
