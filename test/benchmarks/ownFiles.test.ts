import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readOwnQuestions } from "../../src/benchmarks/ownQuestions.ts";
import { CorpusError } from "../../src/corpus/corpusError.ts";
import { readPassages } from "../../src/corpus/ingest.ts";
import { openDataset } from "../../src/tasks/taskRegistry.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { toTrainingRow } from "../../src/benchmarks/trainingRow.ts";
import type { Question } from "../../src/domain/question.ts";
import { textExtractor } from "../../src/rewards/extraction/textExtractor.ts";
import { buildGraph } from "../../src/rewards/knowledgeGraph.ts";
import { logical } from "../../src/rewards/logical.ts";
import { statistical } from "../../src/rewards/statistical.ts";
import { questionOf, subjectOf, triples } from "../rewards/subjects.ts";

async function files(
  questions: readonly Question[],
  documents: readonly unknown[],
): Promise<{ questions: string; corpus: string }> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-files-"));
  await mkdir(join(folder, "corpus"));
  await writeFile(
    join(folder, "questions.jsonl"),
    questions.map((question, index) => JSON.stringify(toTrainingRow(question, "train", index))).join("\n"),
  );
  await writeFile(
    join(folder, "corpus", "documents.jsonl"),
    documents.map((document) => JSON.stringify(document)).join("\n"),
  );
  return { questions: join(folder, "questions.jsonl"), corpus: join(folder, "corpus") };
}

const open = async (place: { questions: string; corpus: string }) =>
  openDataset(resolveConfiguration({ run: "own", data: { dataset: "files", ...place } }).data);
const ask = (id: number, text = `Question ${id}?`): Question => questionOf({ id: `q${id}`, text });
const documents = [
  { id: "1", title: "Flu", content: "Flu is treated with rest." },
  { id: "2", title: "Cold", content: "A cold goes away." },
];

describe("a data set of one's own files", () => {
  it("splits the questions by id and reads the corpus", async () => {
    const dataset = await open(
      await files(
        Array.from({ length: 200 }, (_, index) => ask(index)),
        documents,
      ),
    );
    const sizes = [dataset.training, dataset.validation, dataset.evaluation[0]?.questions ?? []].map(
      (questions) => questions.length,
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(200);
    expect(sizes[0]).toBeGreaterThan(90);
    const titles: string[] = [];
    for await (const passage of dataset.passages()) titles.push(passage.title);
    expect(titles).toEqual(["Flu", "Cold"]);
  });

  it("never moves a question when others are added", async () => {
    const [few, many] = [
      await open(
        await files(
          Array.from({ length: 50 }, (_, index) => ask(index)),
          documents,
        ),
      ),
      await open(
        await files(
          Array.from({ length: 100 }, (_, index) => ask(index)),
          documents,
        ),
      ),
    ];
    expect(many.training.map(({ id }) => id)).toEqual(expect.arrayContaining(few.training.map(({ id }) => id)));
  });

  it("leaves out held-out questions that training would give away", async () => {
    const same = await open(
      await files(
        Array.from({ length: 50 }, (_, index) => ask(index, "What treats flu?")),
        documents,
      ),
    );
    expect(same.training.length).toBeGreaterThan(0);
    expect([...same.validation, ...(same.evaluation[0]?.questions ?? [])]).toEqual([]);
  });

  it("has an extractor when the questions bring graphs to compare with", async () => {
    expect((await open(await files([ask(1)], documents))).extractor).toBeNull();
    expect(
      (await open(await files([questionOf({ goldFacts: triples("flu first rest") })], documents))).extractor,
    ).not.toBeNull();
  });

  it("has graphs and facts in the spelling of those that are read from texts", async () => {
    const [graph, goldFacts] = [triples("Fever suggests Flu"), triples("Flu causes Pyrexia")];
    const references = [{ answer: "flu", reasoning: "Fever suggests flu.", graph }];
    const { questions } = await files([questionOf({ references, goldFacts })], documents);
    const [read] = await readOwnQuestions(questions);
    const thinking = textExtractor.extract("fever suggests flu");
    expect(read?.goldFacts).toEqual(triples("flu cause fever"));
    expect(read?.references[0]?.graph).toEqual(thinking);
    const reference = { triples: thinking, graph: buildGraph(read?.references[0]?.graph ?? []), cosine: null };
    const subject = subjectOf({ states: "fever suggest flu", references: [reference] });
    expect([logical.score(subject), statistical.score(subject)]).toEqual([1, 1]);
  });

  it("is the same when it is large enough to be read in threads", async () => {
    const long = "Rest is good. ".repeat(3000);
    const place = await files(
      Array.from({ length: 400 }, (_, index) => ask(index, `Question ${index}? ${long.slice(0, 2000)}`)),
      Array.from({ length: 20 }, (_, index) => ({ id: `${index}`, title: `Book ${index}`, content: long })),
    );
    const dataset = await open(place);
    expect(
      dataset.training.length + dataset.validation.length + (dataset.evaluation[0]?.questions.length ?? 0),
    ).toBeGreaterThan(200);
    expect(dataset.training).toEqual(
      (await readOwnQuestions(place.questions)).filter(({ id }) => dataset.training.some((one) => one.id === id)),
    );
    const read = async <T>(passages: AsyncIterable<T>): Promise<T[]> => {
      const all: T[] = [];
      for await (const passage of passages) all.push(passage);
      return all;
    };
    const passages = await read(dataset.passages());
    expect(passages.length).toBeGreaterThan(1000);
    expect(passages).toEqual(
      (await read(readPassages([join(place.corpus, "documents.jsonl")], { onReject: () => undefined }))).map(
        ({ passage }) => passage,
      ),
    );
  });

  it("may be all data files of a folder, packed ones too", async () => {
    const place = await files(
      Array.from({ length: 20 }, (_, index) => ask(index)),
      documents,
    );
    const folder = join(place.corpus, "..", "questions");
    await mkdir(folder);
    await writeFile(join(folder, "a.jsonl"), await readFile(place.questions));
    const more = Array.from({ length: 20 }, (_, index) =>
      JSON.stringify(toTrainingRow(ask(100 + index), "train", index)),
    );
    await writeFile(join(folder, "b.jsonl.gz"), gzipSync(more.join("\n")));
    expect(await readOwnQuestions(folder)).toHaveLength(40);
  });

  it("tells which files of the corpus no reader knows", async () => {
    const place = await files([ask(1)], documents);
    await writeFile(join(place.corpus, "book.pdf"), "%PDF");
    expect((await open(place)).notes).toEqual([
      "1 file of the corpus was passed over, since no reader knows the ending: .pdf (1)",
    ]);
  });

  it("takes the only data file of a folder where a benchmark is one file, and names several", async () => {
    const place = await files([], documents);
    const row = { question: "What treats flu?", options: { A: "Rest", B: "Tea" }, answer_idx: "A", answer: "Rest" };
    const folder = join(place.corpus, "..", "exam");
    await mkdir(folder);
    await writeFile(join(folder, "dev.jsonl"), JSON.stringify(row));
    const exam = async () => {
      const data = { dataset: "files", format: "medqa", questions: folder, corpus: place.corpus };
      const { training, validation, evaluation } = await openDataset(resolveConfiguration({ run: "own", data }).data);
      return [training, validation, ...evaluation.map(({ questions }) => questions)].flat().length;
    };
    expect(await exam()).toBe(1);
    await writeFile(join(folder, "test.jsonl"), JSON.stringify(row));
    await expect(exam()).rejects.toThrow(
      'holds several data files; name one by its path, or as "file": dev.jsonl, test.jsonl',
    );
  });

  it("refuses large files with the same words as small ones", async () => {
    const place = await files(
      [ask(1)],
      [
        { id: "1", title: "No content" },
        { id: "2", title: "Long", content: "Rest is good. ".repeat(30_000) },
      ],
    );
    const read = async (): Promise<void> => {
      for await (const passage of (await open(place)).passages()) expect(passage).toBeDefined();
    };
    await expect(read()).rejects.toThrow(CorpusError);
    await expect(read()).rejects.toThrow(/^1 of 2 records could not be read.*documents\.jsonl, line 1/u);
  });

  it("refuses a damaged document with its place, and a missing corpus", async () => {
    const place = await files([ask(1)], [{ id: "1", title: "No content" }]);
    const dataset = await open(place);
    const read = async (): Promise<void> => {
      for await (const passage of dataset.passages()) expect(passage).toBeDefined();
    };
    await expect(read()).rejects.toThrow("documents.jsonl");
    await expect(open({ ...place, corpus: "/nowhere" })).rejects.toThrow("/nowhere: no such file or folder");
  });
});
