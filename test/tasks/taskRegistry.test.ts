import { readFile } from "node:fs/promises";
import { expect, it, describe } from "vitest";
import { z } from "zod";
import { pathsOfConfiguration } from "../../src/configuration/configuredPaths.ts";
import { ConfigurationError } from "../../src/configuration/configurationError.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { PartError } from "../../src/parts/partRegistry.ts";
import { declaredTasks } from "../../src/tasks/taskRegistry.ts";
import { addTask, openDataset, taskOf, tasks } from "../../src/tasks/taskRegistry.ts";
import { worldTask } from "../../src/tasks/world/worldTask.ts";

/** Settings with which each built-in task can be made; nothing is read before `load`. */
const data = {
  world: { dataset: "world", worldSeed: 3 },
  pubmedqa: { dataset: "pubmedqa", path: "/data/pubmedqa" },
  files: { dataset: "files", questions: "/data/rows.jsonl", corpus: "/data/books" },
  machines: { dataset: "machines", worldSeed: 1 },
};

describe("tasks", () => {
  it("are listed for the command line as for configurations", () => {
    expect(tasks.names()).toEqual(declaredTasks().map(({ name }) => name));
    expect(tasks.names()).toEqual(Object.keys(data));
  });

  it.each([
    ["world", "quick", [], { hasBase: true, hasProbes: true, files: null, baseline: false }],
    ["machines", "quick", [], { hasBase: true, hasProbes: true, files: null, baseline: false }],
    [
      "pubmedqa",
      "pubmedqa",
      ["data.path=/data/pubmedqa"],
      { hasBase: false, hasProbes: false, files: null, baseline: true },
    ],
    [
      "files",
      "pubmedqa",
      ["data.questions=/data/rows.jsonl", "data.corpus=/data/books"],
      { hasBase: false, hasProbes: false, files: "/data/books", baseline: true },
    ],
  ] as const)(
    "%s brings its preset, its paths and what it can do",
    (name, preset, paths, { hasBase, hasProbes, files, baseline }) => {
      const configuration = resolveConfiguration({ data: data[name] });
      const task = taskOf(configuration.data);
      expect(configuration.preset).toBe(preset);
      expect(pathsOfConfiguration(configuration).map(({ field, path }) => `${field}=${path}`)).toEqual(paths);
      expect([task.base !== null, task.probes !== null, task.corpusFiles, task.hasMajorityBaseline]).toEqual([
        hasBase,
        hasProbes,
        files,
        baseline,
      ]);
      expect(task.notes.length).toBeGreaterThan(0);
    },
  );

  it.each([
    [
      { dataset: "wrold" },
      'data.dataset: there is no task "wrold"; known are world, pubmedqa, files, machines; did you mean "world"?',
    ],
    [{ dataset: "pubmedqa" }, "data.path: "],
    [{ ...data.pubmedqa, worldSeed: 1 }, "data.worldSeed: no such setting; known are path"],
    [
      { ...data.files, format: "rosw" },
      'data.format: expected one of rows, medqa, medmcqa, pubmedqa, mmlu-med, mirage, rarearena, nejmqa, medxpertqa, got "rosw"; did you mean "rows"?',
    ],
  ])("are refused by field: %j", (wrong, message) => {
    expect(() => resolveConfiguration({ data: wrong })).toThrow(ConfigurationError);
    expect(() => resolveConfiguration({ data: wrong })).toThrow(message);
  });

  it("cannot take a name that is taken or malformed, and an unknown one cannot be opened", () => {
    expect(() => addTask(worldTask)).toThrow(PartError);
    expect(() => addTask({ ...worldTask, name: "My World" })).toThrow(PartError);
    expect(() => taskOf({ dataset: "nothing" })).toThrow(
      'there is no task "nothing"; known are world, pubmedqa, files, machines',
    );
  });
});

describe("a path of a task that cannot be read", () => {
  it("is told by its setting and its option, whoever wrote the task", async () => {
    addTask({
      ...worldTask,
      name: "from-csv",
      settings: z.strictObject({ file: z.string() }),
      paths: [{ setting: "file", option: "csv", value: "file", describe: "rows" }],
      create: ({ file }: { readonly file: string }) => ({
        ...taskOf({ dataset: "world", worldSeed: 3 }),
        load: async () => Promise.reject(await readFile(file).catch((error: unknown) => error)),
      }),
    });
    const opening = openDataset({ dataset: "from-csv", file: "/nope.csv" });
    await expect(opening).rejects.toThrow(
      /^data\.file \(--csv\): ENOENT: no such file or directory, open '\/nope\.csv'$/u,
    );
  });
});
