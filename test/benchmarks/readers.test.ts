import { mkdtemp, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { benchmarks } from "../../src/benchmarks/catalogue.ts";
import { parseCsv } from "../../src/benchmarks/csv.ts";
import type { RejectedRow } from "../../src/benchmarks/rejectedRows.ts";
import { readRareArena } from "../../src/benchmarks/rareArena.ts";

/** Writes sample files into a new folder; returns it. */
async function sample(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-readers-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

const lines = (...rows: readonly unknown[]): string => rows.map((row) => JSON.stringify(row)).join("\n");

describe("MedQA", () => {
  const row = {
    question: "Which drug?",
    answer: "Ceftriaxone",
    options: { A: "Gentamicin", B: "Ciprofloxacin", C: "Ceftriaxone", D: "Trimethoprim", E: "None" },
    meta_info: "step1",
    answer_idx: "C",
  };

  it("is read with four or five options, its step as a tag", async () => {
    const folder = await sample({ "test.jsonl": lines(row) });
    expect(await benchmarks.medqa(join(folder, "test.jsonl"))).toMatchObject([
      {
        dataset: "medqa-usmle",
        kind: "choice",
        text: "Which drug?",
        answer: "C",
        tags: { step: "step1" },
        options: { length: 5 },
      },
    ]);
  });

  it("is told apart from the Mainland's by its language", async () => {
    const folder = await sample({
      "test.jsonl": lines({ ...row, question: "首选哪种药物？", options: { A: "青霉素", C: "头孢曲松" } }),
    });
    expect(await benchmarks.medqa(join(folder, "test.jsonl"))).toMatchObject([{ dataset: "medqa-mcmle" }]);
  });

  it.each([
    [
      "an answer that is no option",
      lines(row, { ...row, answer_idx: "F" }),
      'answer_idx: the answer "F" is none of the options',
    ],
    ["a missing field", lines(row, { answer_idx: "C" }), "question: "],
    ["a broken line", `${lines(row)}\n{"question"`, "not JSON"],
    ["options of another kind", lines(row, { ...row, options: 7 }), "options: expected a list or an object (got 7)"],
    [
      "two options of one label",
      lines(row, { ...row, options: { A: "x", "(a)": "y" }, answer_idx: "A" }),
      "options: two have the same label",
    ],
  ])("leaves out %s, says where and which field, and goes on", async (_, text, reason) => {
    const folder = await sample({ "test.jsonl": `${text}\n${lines({ ...row, question: "Last?" })}` });
    const rejects: RejectedRow[] = [];
    expect(
      (await benchmarks.medqa(join(folder, "test.jsonl"), (reject) => void rejects.push(reject))).map(
        (question) => question.text,
      ),
    ).toEqual(["Which drug?", "Last?"]);
    expect(rejects).toMatchObject([
      { place: join(folder, "test.jsonl, line 2"), reason: expect.stringContaining(reason) as string },
    ]);
  });

  it("refuses a file of which no row can be used, by the first row's field, and one without answers as such", async () => {
    const folder = await sample({
      "bad.jsonl": lines({ ...row, question: "" }, { ...row, question: "" }),
      "test.jsonl": lines({ ...row, answer_idx: "-1" }, { ...row, answer_idx: null, answer: null }),
      "empty.jsonl": "\n",
    });
    await expect(benchmarks.medqa(join(folder, "bad.jsonl"))).rejects.toThrow(/line 1: question: .*and 1 more rows/);
    await expect(benchmarks.medqa(join(folder, "test.jsonl"))).rejects.toThrow(
      "published without answers: none of its 2 rows has one",
    );
    await expect(benchmarks.medqa(join(folder, "empty.jsonl"))).rejects.toThrow("holds no rows");
  });
});

describe("MedMCQA", () => {
  const row = {
    id: "x",
    question: "Which?",
    opa: "one",
    opb: "two",
    opc: "three",
    opd: "four",
    cop: 1,
    exp: "Because.",
    subject_name: "Anatomy",
    topic_name: null,
    choice_type: "single",
  };

  it("counts the right option from 1, with the explanation as reference", async () => {
    const folder = await sample({ "dev.json": lines(row, { ...row, id: "y", cop: 4, exp: null }) });
    expect(await benchmarks.medmcqa(join(folder, "dev.json"))).toMatchObject([
      {
        answer: "A",
        references: [{ answer: "A", reasoning: "Because.", graph: null }],
        tags: { subject: "Anatomy", questionType: "single" },
      },
      { answer: "D", references: [] },
    ]);
  });

  it("counts from 0 where a file does", async () => {
    const folder = await sample({ "dev.json": lines({ ...row, cop: 0 }, { ...row, cop: 3 }) });
    expect((await benchmarks.medmcqa(join(folder, "dev.json"))).map(({ answer }) => answer)).toEqual(["A", "D"]);
  });

  it("takes a single 4 among many zeros for a wrong row, which no other row follows", async () => {
    const rowsOf = (cops: readonly number[]): string =>
      lines(...cops.map((cop, index) => ({ ...row, id: `${index}`, exp: null, cop })));
    const counts = Array.from({ length: 100 }, (_, index) => index % 4);
    const folder = await sample({
      "dev.json": rowsOf([...counts, 4]),
    });
    const rejects: RejectedRow[] = [];
    const read = await benchmarks.medmcqa(join(folder, "dev.json"), (one) => rejects.push(one));
    expect(read.map(({ answer }) => answer)).toEqual(counts.map((cop) => "ABCD"[cop]));
    expect(rejects).toHaveLength(1);
    // Labels that are kept back are most of a file; the rest counts from 1.
    const kept = [...Array.from({ length: 60 }, () => 0), 1, 4, 2];
    const other = await sample({ "test.json": rowsOf(kept) });
    expect((await benchmarks.medmcqa(join(other, "test.json"))).map(({ answer }) => answer)).toEqual(["A", "D", "B"]);
  });
});

describe("MMLU's medical subjects", () => {
  it("are read from a folder of JSON files, other subjects left out", async () => {
    const folder = await sample({
      "anatomy_test.json": JSON.stringify([
        { question: "Q?", subject: "anatomy", choices: ["a", "b", "c", "d"], answer: 2 },
      ]),
      "college_medicine.jsonl": lines({ question: "R?", choices: ["a", "b", "c", "d"], answer: "D" }),
      "astronomy_test.json": JSON.stringify([{ question: "S?", choices: ["a", "b"], answer: 0 }]),
    });
    expect(
      (await benchmarks["mmlu-med"](folder)).map(({ text, answer, tags }) => [text, answer, tags["subject"]]),
    ).toEqual([
      ["Q?", "C", "anatomy"],
      ["R?", "D", "college_medicine"],
    ]);
  });
});

describe("MIRAGE", () => {
  it("is read from benchmark.json, tagged with the part", async () => {
    const folder = await sample({
      "benchmark.json": JSON.stringify({
        pubmedqa: { "12": { question: "Q?", options: { A: "yes", B: "no", C: "maybe" }, answer: "B", PMID: [12] } },
      }),
    });
    expect(await benchmarks.mirage(join(folder, "benchmark.json"))).toMatchObject([
      { id: "mirage-pubmedqa-12", answer: "B", tags: { subject: "pubmedqa" } },
    ]);
  });
});

// The three below are not at hand: samples made from their published descriptions.

describe("MedXpertQA (schema sample)", () => {
  it("loses the options that its question repeats", async () => {
    const folder = await sample({
      "test.jsonl": lines({
        id: "Text-1",
        question: "Which?\nAnswer Choices: (A) one (B) two",
        options: { A: "one", B: "two" },
        label: "B",
        medical_task: "Diagnosis",
        body_system: "Skin",
        question_type: "Reasoning",
      }),
    });
    expect(await benchmarks.medxpertqa(join(folder, "test.jsonl"))).toMatchObject([
      { text: "Which?", answer: "B", tags: { subject: "Skin", step: "Diagnosis", questionType: "Reasoning" } },
    ]);
  });
});

describe("NEJMQA (schema sample)", () => {
  it("is read from tables named after specialties", async () => {
    const folder = await sample({
      "psychiatry.csv": 'Question,A,B,C,D,Answer\n"A man says ""help"",\nthen leaves",one,two,three,four,B\n',
    });
    expect(await benchmarks.nejmqa(folder)).toMatchObject([
      {
        text: 'A man says "help",\nthen leaves',
        answer: "B",
        tags: { specialty: "psychiatry" },
        options: { length: 4 },
      },
    ]);
  });
});

describe("RareArena (schema sample)", () => {
  it("asks for a diagnosis; broader categories are partly right", async () => {
    const folder = await sample({
      "RDC.json": lines({
        _id: 1,
        case_report: "A boy.",
        test_results: "A gene.",
        diagnosis: "Fabry disease",
        Orpha_name: "Fabry disease",
      }),
    });
    expect(await readRareArena(join(folder, "RDC.json"), () => ["Lysosomal disease"])).toMatchObject([
      {
        dataset: "rarearena-rdc",
        kind: "diagnosis",
        text: "A boy. A gene. What is the most likely diagnosis?",
        answer: "Fabry disease",
        partialAnswers: ["Lysosomal disease"],
      },
    ]);
  });
});

describe("comma-separated text", () => {
  it("keeps quotes, commas and line breaks within fields, and counts lines", () => {
    expect([...parseCsv('a,b\r\n"x,\n""y""",2\n3,\n')]).toEqual([
      { row: { a: 'x,\n"y"', b: "2" }, line: 2 },
      { row: { a: "3", b: "" }, line: 4 },
    ]);
  });

  it("says which line has too few fields, and reads the others", () => {
    expect([...parseCsv("a,b\n1\n2,3\n")]).toEqual([
      { problem: "1 fields, but the header names 2", line: 2 },
      { row: { a: "2", b: "3" }, line: 3 },
    ]);
  });
});
