import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { benchmarks } from "../../../src/benchmarks/catalogue.ts";
import type { BenchmarkName } from "../../../src/benchmarks/catalogue.ts";
import { findContamination } from "../../../src/benchmarks/contamination.ts";
import { majorityBaseline } from "../../../src/benchmarks/majority.ts";
import { openOwnFiles } from "../../../src/benchmarks/ownFiles.ts";
import { readOwnQuestions } from "../../../src/benchmarks/ownQuestions.ts";
import { toTrainingRow } from "../../../src/benchmarks/trainingRow.ts";
import { readPassages } from "../../../src/corpus/ingest.ts";
import { questionsOfPool, questionsOfStep, validationPool } from "../../../src/curriculum/questions.ts";
import { writeParquetRows } from "../../../src/datasets/writeParquet.ts";
import { buildItem } from "../../../src/datasets/buildItem.ts";
import { toOpenForm } from "../../../src/datasets/openForm.ts";
import type { Question } from "../../../src/domain/question.ts";
import { clusteredBootstrap } from "../../../src/evaluation/statistics.ts";
import { textExtractor } from "../../../src/rewards/extraction/textExtractor.ts";
import { featureHashing } from "../../../src/rewards/featureHashing.ts";
import { writeExamQuestions } from "../textbooks.ts";
import { times, type ScalingCase } from "./case.ts";

const words = (index: number): string => `case ${index} fever ${index % 97} cough ${index % 89} rash ${index % 83}`;
const ask = (index: number): string =>
  `Which drug treats ${words(index)} best, of those that are given by mouth in the first week of ${index}?`;
const options = { A: "aspirin", B: "rest", C: "water", D: "heat" } as const;
const jsonLines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** Rows of each benchmark as it is published. */
const published: Readonly<Record<BenchmarkName, readonly [file: string, contents: (rows: number) => string]>> = {
  medqa: [
    "medqa.jsonl",
    (rows) =>
      jsonLines(
        times(rows, (index) => ({
          question: ask(index),
          options,
          answer: "rest",
          answer_idx: "B",
          meta_info: "step1",
        })),
      ),
  ],
  medmcqa: [
    "medmcqa.json",
    (rows) =>
      jsonLines(
        times(rows, (index) => ({
          id: `${index}`,
          question: ask(index),
          opa: "aspirin",
          opb: "rest",
          opc: "water",
          opd: "heat",
          cop: 1 + (index % 4),
          exp: "Rest helps.",
          subject_name: "Medicine",
          topic_name: null,
          choice_type: "single",
        })),
      ),
  ],
  pubmedqa: [
    "ori_pqal.json",
    (rows) =>
      JSON.stringify(
        Object.fromEntries(
          times(rows, (index) => [
            `${10_000 + index}`,
            {
              QUESTION: ask(index),
              CONTEXTS: [`In a cohort, ${words(index)}.`],
              LABELS: ["METHODS"],
              MESHES: [],
              YEAR: "2004",
              LONG_ANSWER: "It helps.",
              final_decision: "yes",
            },
          ]),
        ),
      ),
  ],
  "mmlu-med": [
    "anatomy_test.jsonl",
    (rows) =>
      jsonLines(
        times(rows, (index) => ({
          question: ask(index),
          subject: "anatomy",
          choices: ["a", "b", "c", "d"],
          answer: 1,
        })),
      ),
  ],
  mirage: [
    "benchmark.json",
    (rows) =>
      JSON.stringify({
        medqa: Object.fromEntries(times(rows, (index) => [`${index}`, { question: ask(index), options, answer: "B" }])),
      }),
  ],
  rarearena: [
    "rds.jsonl",
    (rows) => jsonLines(times(rows, (index) => ({ _id: index, case_report: words(index), diagnosis: "gout" }))),
  ],
  nejmqa: [
    "medicine.csv",
    (rows) => `question,A,B,C,D,answer\n${times(rows, (index) => `"${ask(index)}",a,b,c,d,B\n`).join("")}`,
  ],
  medxpertqa: [
    "test.jsonl",
    (rows) =>
      jsonLines(
        times(rows, (index) => ({
          id: `Text-${index}`,
          question: ask(index),
          options,
          label: "B",
          medical_task: "Treatment",
        })),
      ),
  ],
};

const benchmarkCases = (Object.keys(published) as BenchmarkName[]).map(
  (name): ScalingCase => ({
    name: `read-${name}`,
    prepare: async (folder, rows) => {
      const [file, contents] = published[name];
      await writeFile(join(folder, file), contents(rows));
      const path = name === "mmlu-med" || name === "nejmqa" || name === "pubmedqa" ? folder : join(folder, file);
      return () => benchmarks[name](path, () => undefined);
    },
  }),
);

const article = (index: number): string =>
  `<PubmedArticle><MedlineCitation><PMID>${index}</PMID><Article><ArticleTitle>Title ${index}</ArticleTitle><Abstract><AbstractText>${words(index)}. A second sentence.</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>\n`;

/** Files of documents, by name. */
const corpora: readonly (readonly [file: string, contents: (rows: number) => string])[] = [
  [
    "documents.jsonl",
    (rows) =>
      jsonLines(
        times(rows, (index) => ({
          id: `${index}`,
          title: `Title ${index}`,
          content: `${words(index)}. A second sentence.`,
        })),
      ),
  ],
  ["pubmed.xml", (rows) => `<PubmedArticleSet>\n${times(rows, article).join("")}</PubmedArticleSet>\n`],
  ["book.txt", (rows) => times(rows, (index) => `Sentence about ${words(index)}. A second sentence.\n\n`).join("")],
  [
    "book.md",
    (rows) =>
      times(rows, (index) => `# Heading ${index}\n\nSentence about ${words(index)}. A second sentence.\n\n`).join(""),
  ],
  [
    "chapter.nxml",
    (rows) =>
      `<article><body>${times(rows, (index) => `<sec><title>Section ${index}</title><p>Sentence about ${words(index)}.</p></sec>`).join("")}</body></article>`,
  ],
  ["one-line.txt", (rows) => times(rows, (index) => `Sentence about ${words(index)}.`).join(" ")],
  ["ori_pqal.json", published.pubmedqa[1]],
];

const corpusCases = corpora.map(
  ([file, contents]): ScalingCase => ({
    name: `read-corpus-${file}`,
    prepare: async (folder, rows) => {
      await writeFile(join(folder, file), contents(rows));
      return async () => {
        for await (const passage of readPassages([join(folder, file)], {
          onReject: ({ reason }) => {
            throw new Error(reason);
          },
        }))
          void passage;
      };
    },
  }),
);

const question = (index: number): Question => ({
  id: `q-${index}`,
  dataset: "own",
  kind: "choice",
  text: ask(index),
  options: Object.entries(options).map(([label, text]) => ({ label, text })),
  answer: "B",
  acceptedAnswers: [],
  partialAnswers: [],
  harmfulAnswers: [],
  references: [],
  goldTitles: null,
  goldFacts: null,
  findings: [],
  cluster: `${index >> 1}`,
  tags: {},
});
const checkCase = (name: string, check: (questions: readonly Question[]) => unknown): ScalingCase => ({
  name,
  prepare: async (_, rows) => {
    const questions = times(rows, question);
    return async () => check(questions);
  },
});

export const readingCases: readonly ScalingCase[] = [
  ...benchmarkCases,
  ...corpusCases,
  {
    name: "read-own-rows",
    prepare: async (folder, rows) => {
      const file = join(folder, "rows.jsonl");
      await writeFile(file, jsonLines(times(rows, (index) => toTrainingRow(question(index), "train", index))));
      return () => readOwnQuestions(file);
    },
  },
  {
    name: "read-own-parquet",
    prepare: async (folder, rows) => {
      const file = join(folder, "rows.parquet");
      await writeParquetRows(
        file,
        times(rows, (index) => toTrainingRow(question(index), "train", index)),
      );
      return () => readOwnQuestions(file);
    },
  },
  {
    name: "open-own-files",
    prepare: async (folder, rows) => {
      await writeExamQuestions(join(folder, "questions.jsonl"), rows);
      await writeFile(join(folder, "book.txt"), words(1));
      return () =>
        openOwnFiles({ questions: join(folder, "questions.jsonl"), format: "medqa", corpus: join(folder, "book.txt") });
    },
  },
  checkCase("check-contamination", (questions) =>
    findContamination(questions.slice(0, questions.length / 2), questions.slice(questions.length / 2)),
  ),
  checkCase("build-items", async (questions) => {
    const tools = { form: "open", extractor: textExtractor, embedder: featureHashing, teacher: null } as const;
    for (const one of questions.slice(0, questions.length / 10))
      await buildItem(
        { ...one, references: [{ answer: "B", reasoning: `${one.text} Rest treats fever.`, graph: null }] },
        tools,
      );
  }),
  checkCase("check-open-form", (questions) => questions.map(toOpenForm)),
  checkCase("check-majority", (questions) => majorityBaseline(questions, questions)),
  checkCase("choose-questions", (questions) =>
    times(20, (step) => [
      questionsOfStep(questions, { seed: 1, step, count: 12 }),
      questionsOfPool({ validation: [...questions], evaluation: [] }, validationPool, {
        gate: { questions: 60 },
        evaluation: { questions: 60 },
      } as Parameters<typeof questionsOfPool>[2]),
    ]),
  ),
  checkCase("check-interval", (questions) =>
    clusteredBootstrap(
      questions.map(({ cluster }, index) => ({ cluster, value: index % 2 })),
      { confidence: 0.95 },
    ),
  ),
];
