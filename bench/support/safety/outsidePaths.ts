import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attempt } from "./attempts.ts";

/** Folders around a storage root: one that the operator listed, and one that nobody did. */
export interface Surroundings {
  readonly data: string;
  readonly outside: string;
}

/** Makes them, with links in the one that lead into the other, and a run. */
export function makeSurroundings(root: string, folder: string): Surroundings {
  const [data, outside] = [join(folder, "data"), join(folder, "outside")];
  for (const one of [data, outside, join(root, "mine", "lance")]) mkdirSync(one, { recursive: true });
  writeFileSync(join(data, "text.txt"), "Fever is treated with rest.");
  writeFileSync(join(outside, "secret.txt"), "A secret of this machine.");
  writeFileSync(join(root, "mine", "configuration.json"), "{}");
  symlinkSync(outside, join(data, "link"));
  symlinkSync(join(outside, "secret.txt"), join(data, "link.txt"));
  symlinkSync(join(outside, "later"), join(data, "dangling"));
  return { data, outside };
}

/** Every field of an input that names a path, with paths that lead out, and places for a corpus that belong to others. */
export function attemptsToLeave(root: string, { data, outside }: Surroundings): Attempt[] {
  const ways = [
    outside,
    join(outside, "secret.txt"),
    "/etc",
    "/etc/passwd",
    "/proc/self/environ",
    "/",
    `${data}/../outside`,
    join(data, "link"),
    join(data, "link", "secret.txt"),
    join(data, "link.txt"),
    join(data, "dangling"),
    "../../../../etc/passwd",
    `${data}/./../outside/secret.txt`,
    `${data}-of-others`,
    "~",
    `file://${outside}`,
    `${data}\u0000/../outside`,
    `${data}\n${outside}`,
    "x".repeat(5000),
    "字".repeat(2000),
  ];
  const files = join(data, "text.txt");
  const reading = (path: string): Attempt[] => [
    { type: "indexCorpus", input: { files: path, corpus: join(data, "corpus") }, field: "files" },
    { type: "indexCorpus", input: { files, corpus: join(data, "corpus"), model: path }, field: "model" },
    { type: "buildDataset", input: { name: "out", source: { benchmark: "medmcqa", path } }, field: "path" },
    { type: "curriculum", input: { run: "out", preset: "tiny", policy: { model: path } }, field: "policy.model" },
    {
      type: "curriculum",
      input: { run: "out", preset: "tiny", retrieval: { encoder: { folder: path } } },
      field: "retrieval.encoder",
    },
    {
      type: "curriculum",
      input: { run: "out", preset: "tiny", retrieval: { reranker: path } },
      field: "retrieval.reranker",
    },
    { type: "curriculum", input: { run: "out", data: { dataset: "pubmedqa", path } }, field: "data.path" },
    {
      type: "curriculum",
      input: { run: "out", data: { dataset: "files", questions: path, corpus: files } },
      field: "data.questions",
    },
    {
      type: "curriculum",
      input: { run: "out", data: { dataset: "files", questions: files, corpus: path } },
      field: "data.corpus",
    },
  ];
  const writing = [
    ...ways,
    join(root, "mine"),
    join(root, "mine", "lance"),
    join(root, ".server"),
    root,
    join(root, ".corpora"),
    join(root, ".indexing", "x"),
  ];
  const names = ["../out", "..", "a/b", "A", "", "x".repeat(64), "x".repeat(100_000), "run\u001b[2J", "-x"];
  return [
    ...ways.flatMap(reading),
    ...writing.map((corpus): Attempt => ({ type: "indexCorpus", input: { files, corpus }, field: "corpus" })),
    ...names.flatMap((name): Attempt[] => [
      ...["curriculum", "stage", "evaluate", "evaluateRetrieval", "indexCorpus"].map((type) => ({
        type,
        input: { run: name, ...(type === "stage" && { stage: "reasoner" }) },
        field: "run",
      })),
      { type: "buildDataset", input: { name, source: { benchmark: "medmcqa", path: files } }, field: "name" },
      { type: "nightlyEvaluation", input: { runs: [name] }, field: "runs" },
    ]),
    ...["../outside/secret.txt", "/etc/passwd", "a\u0000b"].map(
      (file): Attempt => ({
        type: "buildDataset",
        input: { name: "out", source: { benchmark: "medmcqa", path: data, file } },
        field: "file",
      }),
    ),
    ...["../x.ts", "/etc/x.ts", "a/b.ts"].map(
      (file): Attempt => ({
        type: "curriculum",
        input: { run: "out", preset: "tiny", rewards: { custom: [file] } },
        field: "rewards.custom",
      }),
    ),
  ];
}
