import fc from "fast-check";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchmarks } from "../../../src/benchmarks/catalogue.ts";
import { readOwnQuestions } from "../../../src/benchmarks/ownQuestions.ts";
import type { Question } from "../../../src/domain/question.ts";
import type { FuzzCase, FuzzKind } from "./kind.ts";

const eachForm = 600;

type Reader = (file: string) => Promise<Question[]>;
type Row = Readonly<Record<string, unknown>>;

/** A form of rows: what reads it, a row with a question's number, and the answer that the row has. */
interface Form {
  readonly read: Reader;
  readonly row: (number: number) => Row;
  readonly answer: string;
}

const options = { A: "tea", B: "rest", C: "sleep", D: "water" };
const forms: readonly Form[] = [
  {
    read: readOwnQuestions,
    row: (number) => ({
      data_source: "mine",
      prompt: [{ role: "user", content: `Which ${number}?` }],
      ability: "medicine",
      reward_model: { style: "rule", ground_truth: { target: ["rest", "sleep"] } },
      extra_info: { split: "train", index: number },
    }),
    answer: "rest",
  },
  {
    read: readOwnQuestions,
    row: (number) => ({ id: `q${number}`, question: `Which ${number}?`, golden_answers: ["rest"] }),
    answer: "rest",
  },
  {
    read: benchmarks.medqa,
    row: (number) => ({ question: `Which ${number}?`, options, answer: "rest", answer_idx: "B", meta_info: "step1" }),
    answer: "B",
  },
  {
    read: benchmarks.medmcqa,
    row: (number) => ({
      id: `${number}`,
      question: `Which ${number}?`,
      opa: "tea",
      opb: "rest",
      opc: "sleep",
      opd: "water",
      cop: number === 2 ? 4 : 2,
      exp: null,
      subject_name: "Anatomy",
    }),
    answer: "B",
  },
  {
    read: benchmarks["mmlu-med"],
    row: (number) => ({ question: `Which ${number}?`, subject: "anatomy", choices: Object.values(options), answer: 1 }),
    answer: "B",
  },
  {
    read: benchmarks.medxpertqa,
    row: (number) => ({
      id: `Text-${number}`,
      question: `Which ${number}?`,
      options,
      label: "B",
      medical_task: "Diagnosis",
    }),
    answer: "B",
  },
];
/** Fields that say what is right: a row damaged there may be read otherwise, as long as its answer is one of its options. */
const saysAnswer = /^(?:reward_model|golden_answers|options|choices|answer|answer_idx|label|op[a-d]|cop)$/;
const strays: readonly unknown[] = [
  "",
  " ",
  "stray",
  "-1",
  -7.5,
  1e30,
  true,
  null,
  [],
  ["x"],
  [null],
  {},
  { stray: 1 },
  { A: null },
  "\u0000",
  "\ud800",
  "x".repeat(5_000),
];

/** A row with one field replaced or taken out, or its text cut off. */
const damage = fc.record({
  field: fc.nat(),
  stray: fc.constantFrom(...strays),
  kind: fc.constantFrom("replace", "remove", "cut"),
  at: fc.nat(),
});

/** Rows of questions, one of three damaged: the two others are read as they are, and the damaged one is left out or keeps its answer. */
export const questionRows: FuzzKind = {
  name: "question-rows",
  inputs: forms.length * eachForm,
  concurrent: 8,
  withCases: async (use) => {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-fuzz-rows-"));
    try {
      await use(
        forms.flatMap((form, index) =>
          fc.sample(damage, { numRuns: eachForm, seed: index }).map(
            (one, number): FuzzCase =>
              () =>
                tryRow(form, one, join(folder, `${index}-${number}.jsonl`)),
          ),
        ),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

async function tryRow(
  { read, row, answer }: Form,
  { field, stray, kind, at }: Damage,
  file: string,
): Promise<string | null> {
  const whole = row(1);
  const name = Object.keys(whole)[field % Object.keys(whole).length] ?? "";
  const { [name]: _, ...others } = whole;
  const text =
    kind === "cut"
      ? JSON.stringify(whole).slice(0, at % JSON.stringify(whole).length)
      : JSON.stringify(kind === "remove" ? others : { ...whole, [name]: stray });
  await writeFile(file, [JSON.stringify(row(0)), text, JSON.stringify(row(2))].join("\n"));
  const questions = await read(file);
  const [first, last] = ["Which 0?", "Which 2?"].map((asked) => questions.find((question) => question.text === asked));
  if (first === undefined || last === undefined) return `${text} took others with it`;
  if (first.answer !== answer) return `${text} changed the answer of another row to ${first.answer}`;
  const damaged = questions.find((question) => question !== first && question !== last);
  if (damaged === undefined) return null;
  if (damaged.kind === "choice" && !damaged.options.some(({ label }) => label === damaged.answer))
    return `${text} has an answer that is no option`;
  return saysAnswer.test(name) || damaged.answer === answer
    ? null
    : `${text} is read with the answer ${damaged.answer}`;
}
