import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { choiceQuestion, labelOptions } from "../../src/benchmarks/choiceQuestion.ts";
import { buildMissing, DatasetPlan } from "../../src/datasets/build.ts";
import { buildItem } from "../../src/datasets/buildItem.ts";
import type { BuildTools } from "../../src/datasets/buildItem.ts";
import { readOwnQuestions } from "../../src/benchmarks/ownQuestions.ts";
import type { RejectedRow } from "../../src/benchmarks/rejectedRows.ts";
import { readParquetRows } from "../../src/benchmarks/parquetRows.ts";
import { countReasons } from "../../src/datasets/reasons.ts";
import { createSourceReader } from "../../src/datasets/source.ts";
import { exportDataset, openDatasetStore } from "../../src/datasets/store.ts";
import { textExtractor } from "../../src/rewards/extraction/textExtractor.ts";
import { featureHashing } from "../../src/rewards/featureHashing.ts";
import { LanguageModelConfiguration } from "../../src/configuration/languageModelSettings.ts";
import { openLanguageModel } from "../../src/services/languageModel.ts";
import { createMemoryCache } from "../../src/services/answerCache.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { startModelServer } from "../services/modelServer.ts";

const tools: BuildTools = { form: "open", extractor: textExtractor, embedder: featureHashing, teacher: null };
const explanation = "Ceftriaxone inhibits cell wall synthesis. Gonorrhea is treated with ceftriaxone.";
const ask = (text: string, options = ["Gentamicin", "Ceftriaxone"], why: string | null = explanation, id = "q1") =>
  choiceQuestion({ id, dataset: "medmcqa", text, options: labelOptions(options), answer: "B", explanation: why });

describe("a training item", () => {
  it("has references with graphs and proves itself", async () => {
    const { question, reason } = await buildItem(ask("Which drug treats gonorrhea?"), tools);
    expect(reason).toBeNull();
    expect(question?.references[0]?.graph?.map(({ head, relation, tail }) => `${head} ${relation} ${tail}`)).toContain(
      "ceftriaxone inhibit cell wall synthesis",
    );
  });

  it("is rejected with the reason when nothing explains it", async () => {
    expect(await buildItem(ask("Which drug treats gonorrhea?", undefined, null), tools)).toEqual({
      sourceId: "q1",
      question: null,
      embedded: null,
      reason: "it has no reference",
    });
  });

  it("takes a teacher's reasoning that reaches the right answer", async () => {
    const server = await startModelServer(({ user }) => {
      const asked = JSON.parse(user) as { attempt?: number };
      if (asked.attempt === undefined)
        return { content: JSON.stringify({ reasoning: "Ceftriaxone treats gonorrhea." }) };
      return {
        content: JSON.stringify({
          reasoning: "I thought.",
          answer: asked.attempt === 2 ? "ceftriaxone" : "gentamicin",
        }),
      };
    });
    const model = openLanguageModel(
      LanguageModelConfiguration.parse({ baseUrl: server.baseUrl, model: "teacher", keyVariable: null }),
      createMemoryCache(),
    );
    const teacher = { model, search: createWordSearch([passage("p", "Which drug")]), topN: 1, attempts: 3 };
    const { question } = await buildItem(ask("Which drug treats gonorrhea?", undefined, null), { ...tools, teacher });
    await server.close();
    expect(question?.references).toMatchObject([
      {
        answer: "Ceftriaxone",
        reasoning: "Ceftriaxone treats gonorrhea.",
        graph: [{ head: "ceftriaxone", relation: "treat", tail: "gonorrhea" }],
      },
    ]);
    expect(server.received).toHaveLength(4);
  });
});

describe("building a data set", () => {
  const questions = [
    ask("Which drug treats gonorrhea?"),
    ask("All are drugs except", undefined, explanation, "q2"),
    ask("Which drug is given?", undefined, explanation, "q3"),
  ];

  it("goes on where it was, and exports rows that read back as they were", async () => {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-dataset-"));
    const store = await openDatasetStore(folder);
    expect(await buildMissing(questions.slice(0, 1), store, tools)).toBe(1);
    expect(await buildMissing(questions, await openDatasetStore(folder), tools)).toBe(2);
    expect(await buildMissing(questions, store, tools)).toBe(0);
    expect(await exportDataset(store, folder)).toEqual({
      accepted: 2,
      rejected: 1,
      reasons: { "asks for the exception among the options": 1 },
    });
    const built = (await store.items()).flatMap(({ question }) => question ?? []);
    expect(await readOwnQuestions(join(folder, "train.jsonl"))).toEqual(built);
    expect(await readOwnQuestions(join(folder, "train.parquet"))).toEqual(built);
    expect(await readFile(join(folder, "rejects.jsonl"), "utf8")).toContain('"sourceId":"q2"');
    const [row] = await readParquetRows(join(folder, "train.parquet"));
    const [vector] = await featureHashing.embed([built[0]?.references[0]?.reasoning ?? ""]);
    expect(row?.["extra_info"]).toMatchObject({
      embedder: featureHashing.name,
      embeddings: [[...(vector ?? [])]],
    });
    expect(JSON.parse((await readFile(join(folder, "train.jsonl"), "utf8")).split("\n")[0] ?? "")).toMatchObject({
      extra_info: { embeddings: [[...(vector ?? [])]] },
    });
  });

  it("is exported by two attempts at once, as when the first was given up for dead", async () => {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-dataset-"));
    const store = await openDatasetStore(folder);
    await buildMissing(questions, store, tools);
    const attempts = await Promise.all([1, 2, 3].map(() => exportDataset(store, folder)));
    expect(attempts.map(({ accepted }) => accepted)).toEqual([2, 2, 2]);
    expect(await readOwnQuestions(join(folder, "train.parquet"))).toEqual(
      await readOwnQuestions(join(folder, "train.jsonl")),
    );
    expect((await readdir(folder)).toSorted()).toEqual(["lance", "rejects.jsonl", "train.jsonl", "train.parquet"]);
  });

  it("says for the commonest reasons how often they were met, and counts the rest", () => {
    const rare = Array.from({ length: 30 }, (_, index) => `reason ${index}`);
    const { count, reasons } = countReasons([...rare, "no answer", "no answer"]);
    expect(count).toBe(32);
    expect(Object.entries(reasons)[0]).toEqual(["no answer", 2]);
    expect(Object.keys(reasons)).toHaveLength(21);
    expect(reasons["other reasons"]).toBe(11);
  });

  it("reads its source once for all its parts, and anew when the file has changed", async () => {
    const root = await mkdtemp(join(tmpdir(), "med-r3-dataset-"));
    const path = join(root, "dev.jsonl");
    const row = { question: "Which drug helps?", options: { A: "one", B: "two" }, answer_idx: "B" };
    const plan = DatasetPlan.parse({ name: "d", source: { benchmark: "medqa", path } });
    const reader = createSourceReader(root);
    await writeFile(path, `${JSON.stringify(row)}\n${JSON.stringify({ ...row, answer_idx: "C" })}`);
    const first = await reader.read(plan);
    expect(first.questions).toHaveLength(1);
    expect(first.leftOut).toMatchObject([
      { place: `${path}, line 2`, reason: 'answer_idx: the answer "C" is none of the options A, B' },
    ]);
    expect(await reader.read(plan)).toBe(first);
    await writeFile(path, JSON.stringify(row));
    expect((await reader.read(plan)).leftOut).toEqual([]);
  });

  it("stops between items when cancelled", async () => {
    const store = await openDatasetStore(await mkdtemp(join(tmpdir(), "med-r3-dataset-")));
    await expect(buildMissing(questions, store, tools, { signal: AbortSignal.abort() })).rejects.toThrow("aborted");
    expect((await store.done(questions.map(({ id }) => id))).size).toBe(0);
  });
});

describe("questions of one's own", () => {
  const file = async (...rows: readonly unknown[]): Promise<string> => {
    const path = join(await mkdtemp(join(tmpdir(), "med-r3-own-")), "questions.jsonl");
    await writeFile(path, rows.map((row) => JSON.stringify(row)).join("\n"));
    return path;
  };
  const row = {
    data_source: "mine",
    prompt: [{ role: "user", content: "What helps?" }],
    ability: "medicine",
    reward_model: { style: "rule", ground_truth: "rest" },
    extra_info: { split: "train", index: 7 },
  };

  it("are read from other projects' rows, asked openly", async () => {
    expect(await readOwnQuestions(await file(row))).toMatchObject([
      { id: "mine-train-7", kind: "open", text: "What helps?", answer: "rest", references: [] },
    ]);
  });

  it("are told apart where two have one id, and read once where the same one stands twice", async () => {
    const rejects: RejectedRow[] = [];
    const other = { ...row, prompt: [{ role: "user", content: "What else?" }] };
    expect(
      (await readOwnQuestions(await file(row, row, other), (reject) => void rejects.push(reject))).map(({ id }) => id),
    ).toEqual(["mine-train-7", "mine-train-7-row3"]);
    expect(rejects).toMatchObject([{ reason: 'id: the same question stands there already as "mine-train-7"' }]);
  });

  it.each([
    ["a row without an answer", [{ ...row, reward_model: { style: "rule" } }], "questions.jsonl, line 1"],
    ["a broken question inside", [{ ...row, extra_info: { question: "{" } }], "extra_info.question is no question"],
  ])("are refused with their place: %s", async (_, rows, message) => {
    await expect(readOwnQuestions(await file(...rows))).rejects.toThrow(message);
  });
});
