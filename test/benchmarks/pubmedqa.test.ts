import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { evidenceConfusion } from "../../src/tasks/medical/grading/evidenceConfusion.ts";
import { majorityBaseline } from "../../src/benchmarks/majority.ts";
import type { Dataset } from "../../src/domain/dataset.ts";
import type { Question } from "../../src/domain/question.ts";
import { openDataset } from "../../src/tasks/taskRegistry.ts";
import { openPubMedQa, readPubMedQa } from "../../src/benchmarks/pubmedqa.ts";
import type { RejectedRow } from "../../src/benchmarks/rejectedRows.ts";
import { temporaryFolder } from "../corpus/temporaryFolder.ts";

const folder = temporaryFolder();
const data = fileURLToPath(new URL("../../../shared/data/pubmedqa", import.meta.url));

const row = {
  QUESTION: "Does aspirin help?",
  CONTEXTS: ["We gave aspirin.", "It helped."],
  LABELS: ["METHODS", "RESULTS"],
  MESHES: ["Cohort Studies"],
  YEAR: "2004",
  LONG_ANSWER: "It does.",
  final_decision: "yes",
};

const hubRow = {
  pubid: 17,
  question: row.QUESTION,
  context: { contexts: row.CONTEXTS, labels: row.LABELS, meshes: row.MESHES },
  long_answer: row.LONG_ANSWER,
  final_decision: row.final_decision,
};

function all({ training, validation, evaluation }: Dataset): Question[] {
  return [...training, ...validation, ...evaluation.flatMap(({ questions }) => questions)];
}

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content, null, 1));
  return path;
}

describe("a file of PubMedQA", () => {
  test("gives questions with options, references without a graph, and their own abstract's title", async () => {
    const dataset = await openPubMedQa(await file("one.json", { 17: row }));
    const [question] = [
      ...dataset.training,
      ...dataset.validation,
      ...dataset.evaluation.flatMap((pool) => pool.questions),
    ];
    expect(question).toMatchObject({
      id: "pubmedqa-17",
      kind: "choice",
      answer: "A",
      goldTitles: ["PubMed 17"],
      cluster: "17",
    });
    expect(question?.options.map(({ text }) => text)).toEqual(["yes", "no", "maybe"]);
    expect(question?.references).toEqual([{ answer: "A", reasoning: "It does.", graph: null }]);
    const passages = [];
    for await (const passage of dataset.passages()) passages.push(passage);
    expect(
      passages.map(({ text, section, evidenceLevel, year, documentId }) => ({
        text,
        section,
        evidenceLevel,
        year,
        documentId,
      })),
    ).toEqual([
      { text: "We gave aspirin.", section: "METHODS", evidenceLevel: 4, year: 2004, documentId: "17" },
      { text: "It helped.", section: "RESULTS", evidenceLevel: 4, year: 2004, documentId: "17" },
    ]);
  });

  test("may be the hub's copy, whose rows have other names", async () => {
    const one = JSON.stringify(hubRow);
    const published = await openPubMedQa(await file("published.json", { 17: row }));
    for (const [name, rows] of [
      ["hub.jsonl", one],
      ["hub.json", `[${one}]`],
    ] as const)
      expect(all(await openPubMedQa(await file(name, rows)))).toEqual(all(published));
  });

  test("gives another question about one abstract an id of its own, and the same question only once", async () => {
    const rows = [
      hubRow,
      { ...hubRow, question: "Does aspirin harm?", final_decision: "no" },
      { ...hubRow, long_answer: "It does so." },
    ];
    const dataset = await openPubMedQa(await file("hub-twice.json", rows));
    expect(
      all(dataset)
        .map(({ id, cluster, answer, goldTitles }) => ({ id, cluster, answer, goldTitles }))
        .toSorted((one, other) => one.id.localeCompare(other.id)),
    ).toEqual([
      { id: "pubmedqa-17", cluster: "17", answer: "A", goldTitles: ["PubMed 17"] },
      { id: "pubmedqa-17-row2", cluster: "17", answer: "B", goldTitles: ["PubMed 17"] },
    ]);
    const shared = [dataset.training, dataset.validation, ...dataset.evaluation.map(({ questions }) => questions)];
    expect(shared.filter((questions) => questions.length > 0)).toHaveLength(1);
    const passages: string[] = [];
    for await (const { text } of dataset.passages()) passages.push(text);
    expect(passages).toEqual(row.CONTEXTS);
    expect(dataset.notes).toEqual([
      expect.stringMatching(/the first: .*entry 3: id: the same question stands there already as "pubmedqa-17"$/),
    ]);
  });

  test("leaves out a malformed row and tells file, id, line and field; with no other row it is refused", async () => {
    const bad = { ...row, final_decision: "perhaps" };
    const dataset = await openPubMedQa(await file("bad.json", { 17: row, 18: bad }));
    expect(dataset.notes).toEqual([
      expect.stringMatching(
        /^1 row was left out of the questions; the first: .*bad\.json, line \d+, PubMed id 18: final_decision/su,
      ),
    ]);
    expect(
      [...dataset.training, ...dataset.validation, ...dataset.evaluation.flatMap(({ questions }) => questions)].map(
        ({ id }) => id,
      ),
    ).toEqual(["pubmedqa-17"]);
    await expect(openPubMedQa(await file("all-bad.json", { 18: bad }))).rejects.toThrow(
      /PubMed id 18: final_decision/u,
    );
    await expect(openPubMedQa(await file("empty.json", {}))).rejects.toThrow("holds no rows");
  });

  test("leaves out a row whose id or field stands there twice: which of the two counts cannot be told", async () => {
    const text = (decision: string): string => JSON.stringify({ ...row, final_decision: decision });
    const torn = `{"final_decision": "no", ${text("yes").slice(1)}`;
    const path = await file(
      "twice.json",
      `{"1": ${text("yes")},\n"2": ${text("no")},\n"1": ${text("no")},\n"3": ${torn}}`,
    );
    const rejects: RejectedRow[] = [];
    const items = await readPubMedQa(path, (reject) => rejects.push(reject));
    expect(items.map(({ pubMedId }) => pubMedId)).toEqual(["2"]);
    expect(rejects).toEqual([
      { place: `${path}, line 1, PubMed id 1`, reason: "1: the file has it twice" },
      { place: `${path}, line 4, PubMed id 3`, reason: "final_decision: the row has it twice" },
    ]);
  });

  test("is refused when it is missing, not JSON, or no object", async () => {
    await expect(openDataset({ dataset: "pubmedqa", path: join(folder, "nowhere") })).rejects.toThrow(
      "no such file or folder",
    );
    await expect(openDataset({ dataset: "pubmedqa", path: folder })).rejects.toThrow("holds no ori_pqal.json");
    await expect(openPubMedQa(await file("cut.json", "{"))).rejects.toThrow("not JSON");
    await expect(openPubMedQa(await file("list.json", [row]))).rejects.toThrow("entry 1: pubid");
    await expect(openPubMedQa(await file("number.json", 7))).rejects.toThrow("expected an object of rows");
  });

  test("keeps a question in its split when rows are added", async () => {
    const rows = (count: number): Record<string, unknown> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index + 100}`, row]));
    const [few, many] = [
      await openPubMedQa(await file("few.json", rows(30))),
      await openPubMedQa(await file("many.json", rows(90))),
    ];
    const later = new Set(many.training.map(({ id }) => id));
    expect(few.training.length).toBeGreaterThan(5);
    expect(few.training.every(({ id }) => later.has(id))).toBe(true);
    expect(few.fingerprint).not.toBe(many.fingerprint);
  });
});

test("the majority baseline always gives the commonest training answer", async () => {
  const { training } = await openPubMedQa(
    await file(
      "majority.json",
      Object.fromEntries(
        Array.from({ length: 13 }, (_, index) => [
          `${index}`,
          { ...row, final_decision: index % 4 === 0 ? "no" : "yes" },
        ]),
      ),
    ),
  );
  const baseline = majorityBaseline(training, training);
  expect(baseline).toEqual({
    answer: "A",
    accuracy: training.filter(({ answer }) => answer === "A").length / training.length,
  });
  expect(majorityBaseline(training, [])).toBeNull();
});

describe.skipIf(!existsSync(data))("the real file (../shared/data/pubmedqa)", () => {
  test("is read whole, into three disjoint splits", async () => {
    const dataset = await openPubMedQa(data);
    const splits = [dataset.training, dataset.validation, ...dataset.evaluation.map((pool) => pool.questions)];
    expect(splits.flat()).toHaveLength(522);
    expect(new Set(splits.flat().map(({ id }) => id)).size).toBe(522);
    expect(Math.min(...splits.map((questions) => questions.length))).toBeGreaterThan(80);
  });

  test("text rules name the level of at least 85 % of the designs that headings name", async () => {
    const { right, documents } = evidenceConfusion(await readPubMedQa(data, () => undefined));
    expect(documents).toBeGreaterThan(250);
    expect(right / documents).toBeGreaterThanOrEqual(0.85);
  });
});
