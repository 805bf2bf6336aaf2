import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** Engines, algorithms, environments, schedules, training and evaluation, and what they are made of. */
const rooms = [
  "src/engines",
  "src/policy",
  "src/algorithms",
  "src/environments",
  "src/protocol",
  "src/schedules",
  "src/curriculum",
  "src/benchmarks/protocols",
  "src/parts",
  "src/domain",
  "src/trajectories",
  "src/graders",
  "src/services",
  "src/report",
  "src/world",
].filter((room) => existsSync(room));

const words = [
  /\bmedic(?:al|ine)\w*/iu,
  /\bclinic\w*/iu,
  /\bdrugs?\b/iu,
  /\bdiseases?\b/iu,
  /\bpatients?\b/iu,
  /\bpubmed\w*/iu,
  /\b(?:randomised|controlled|clinical) trials?\b/iu,
  /\bdoctors?\b/iu,
  /\bsymptoms?\b/iu,
  /\btherap\w+/iu,
  /\bcomorbid\w*/iu,
  /\bMeSH\b/u,
];

/** Names of rewards in docs/method.md: settings, logs and reports call them so whatever the task. */
const rewardNames = /\b(?:reward\/)?clinical(?:Consistency)?\b/gu;

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") || name.endsWith(".mjs"))
    .map((name) => join(folder, name));
}

describe("medicine stays in its tasks", () => {
  it.each(rooms)("%s has no word of it", (room) => {
    const found = filesOf(room).flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, index) => {
          const text = line.replace(rewardNames, "");
          return words.some((word) => word.test(text)) ? [`${file}:${index + 1}: ${line.trim()}`] : [];
        }),
    );
    expect(found).toEqual([]);
  });

  it("is imported by tasks, and by the readers of medical files alone", () => {
    const importers = ["src", "activities", "workflows", "workers"]
      .flatMap(filesOf)
      .filter((file) => !file.startsWith("src/tasks/") && /tasks\/medical\//u.test(readFileSync(file, "utf8")));
    expect(importers.toSorted()).toEqual(["src/benchmarks/pubmedqa.ts", "src/corpus/literature.ts"]);
  });

  it("no code outside a task's folder asks for its name", () => {
    const asked = /(?:===|!==|case|\bswitch)\s*\(?["'](?:world|machines|pubmedqa|files)["']/u;
    const askers = ["src", "activities", "workflows", "workers"]
      .flatMap(filesOf)
      .filter((file) => !file.startsWith("src/tasks/") && asked.test(readFileSync(file, "utf8")));
    expect(askers).toEqual([]);
  });
});
