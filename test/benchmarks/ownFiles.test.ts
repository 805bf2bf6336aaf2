import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDataset } from "../../src/benchmarks/open.ts";
import { resolveConfiguration } from "../../src/configuration/resolve.ts";
import { toTrainingRow } from "../../src/benchmarks/trainingRow.ts";
import type { Question } from "../../src/domain/question.ts";
import { questionOf, triples } from "../rewards/subjects.ts";

async function files(questions: readonly Question[], documents: readonly unknown[]): Promise<{ questions: string; corpus: string }> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-files-"));
  await mkdir(join(folder, "corpus"));
  await writeFile(join(folder, "questions.jsonl"), questions.map((question, index) => JSON.stringify(toTrainingRow(question, "train", index))).join("\n"));
  await writeFile(join(folder, "corpus", "documents.jsonl"), documents.map((document) => JSON.stringify(document)).join("\n"));
  return { questions: join(folder, "questions.jsonl"), corpus: join(folder, "corpus") };
}

const open = async (place: { questions: string; corpus: string }) => openDataset(resolveConfiguration({ run: "own", data: { dataset: "files", ...place } }).data);
const ask = (id: number, text = `Question ${id}?`): Question => questionOf({ id: `q${id}`, text });
const documents = [{ id: "1", title: "Flu", content: "Flu is treated with rest." }, { id: "2", title: "Cold", content: "A cold goes away." }];

describe("a data set of one's own files", () => {
  it("splits the questions by id and reads the corpus", async () => {
    const dataset = await open(await files(Array.from({ length: 200 }, (_, index) => ask(index)), documents));
    const sizes = [dataset.training, dataset.validation, dataset.evaluation[0]?.questions ?? []].map((questions) => questions.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(200);
    expect(sizes[0]).toBeGreaterThan(90);
    const titles: string[] = [];
    for await (const passage of dataset.passages()) titles.push(passage.title);
    expect(titles).toEqual(["Flu", "Cold"]);
  });

  it("never moves a question when others are added", async () => {
    const [few, many] = [await open(await files(Array.from({ length: 50 }, (_, index) => ask(index)), documents)), await open(await files(Array.from({ length: 100 }, (_, index) => ask(index)), documents))];
    expect(many.training.map(({ id }) => id)).toEqual(expect.arrayContaining(few.training.map(({ id }) => id)));
  });

  it("leaves out held-out questions that training would give away", async () => {
    const same = await open(await files(Array.from({ length: 50 }, (_, index) => ask(index, "What treats flu?")), documents));
    expect(same.training.length).toBeGreaterThan(0);
    expect([...same.validation, ...(same.evaluation[0]?.questions ?? [])]).toEqual([]);
  });

  it("has an extractor when the questions bring graphs to compare with", async () => {
    expect((await open(await files([ask(1)], documents))).extractor).toBeNull();
    expect((await open(await files([questionOf({ goldFacts: triples("flu first rest") })], documents))).extractor).not.toBeNull();
  });

  it("refuses a damaged document with its place, and a missing corpus", async () => {
    const place = await files([ask(1)], [{ id: "1", title: "No content" }]);
    const dataset = await open(place);
    const read = async (): Promise<void> => { for await (const passage of dataset.passages()) expect(passage).toBeDefined(); };
    await expect(read()).rejects.toThrow("documents.jsonl");
    await expect(open({ ...place, corpus: "/nowhere" })).rejects.toThrow("/nowhere: no such file or folder");
  });
});
