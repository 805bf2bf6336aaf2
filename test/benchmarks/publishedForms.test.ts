import { mkdtemp, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { benchmarks } from "../../src/benchmarks/catalogue.ts";
import { cutOptions } from "../../src/benchmarks/optionsInText.ts";
import { readOwnQuestions } from "../../src/benchmarks/ownQuestions.ts";
import { plainValue } from "../../src/benchmarks/plainValue.ts";
import { retrievalRecall } from "../../src/rewards/retrievalRecall.ts";
import { retrieved, subjectOf } from "../rewards/subjects.ts";
import type { RejectedRow } from "../../src/benchmarks/rejectedRows.ts";

async function sample(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-forms-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}
const json = (...rows: readonly unknown[]): string => rows.map((row) => JSON.stringify(row)).join("\n");
const own = async (text: string, name = "rows.jsonl", onReject?: (row: RejectedRow) => void) =>
  readOwnQuestions(join(await sample({ [name]: text }), name), onReject);

const user = [{ role: "user", content: "Which helps?" }];
const verl = (more: object) => ({
  data_source: "mine",
  prompt: user,
  ability: "medicine",
  reward_model: { style: "rule", ground_truth: "rest" },
  extra_info: { split: "train", index: 3 },
  ...more,
});
const truth = (ground_truth: unknown) => verl({ reward_model: { style: "rule", ground_truth } });

describe("rows of reinforcement learning, as others publish them", () => {
  it.each<[string, object, object]>([
    ["verl", verl({}), { id: "mine-train-3", text: "Which helps?", answer: "rest" }],
    ["verl with a list of answers", truth(["rest", "sleep", "rest"]), { answer: "rest", acceptedAnswers: ["sleep"] }],
    ["verl with a number", truth(5), { answer: "5" }],
    ["verl with a list in a text", truth('["rest", "sleep"]'), { answer: "rest", acceptedAnswers: ["sleep"] }],
    [
      "a list as Python writes it",
      truth(`['rest', "child's sleep"]`),
      { answer: "rest", acceptedAnswers: ["child's sleep"] },
    ],
    ["a worked solution behind hashes", truth("It is late.\n#### rest"), { answer: "rest" }],
    ["a boxed solution", { problem: "Which helps?", solution: "So it is \\boxed{rest}." }, { answer: "rest" }],
    [
      "a whole response as completion",
      { prompt: user, completion: [{ role: "assistant", content: "<think>late</think> <answer> rest </answer>" }] },
      { answer: "rest" },
    ],
    [
      "HuatuoGPT-o1's verifiable problems",
      { "Open-ended Verifiable Question": "Which helps?", "Ground-True Answer": "rest" },
      { text: "Which helps?", answer: "rest" },
    ],
    [
      "verl with a bare question beside",
      verl({ extra_info: { split: "train", index: 0, question: "Which helps?", answer: "Because. #### rest" } }),
      { text: "Which helps?", answer: "rest" },
    ],
    [
      "verl with a system message",
      verl({ prompt: [{ role: "system", content: "Be brief." }, ...user] }),
      { text: "Which helps?" },
    ],
    ["verl with nulls", verl({ extra_info: { split: null, index: null, question: null } }), { id: "mine-row-row1" }],
    ["verl with a name as index", verl({ extra_info: { split: "test", index: "nq_7" } }), { id: "mine-test-nq_7" }],
    [
      "Search-R1",
      {
        id: "test_0",
        question: "Which helps?",
        golden_answers: ["rest", "sleep"],
        data_source: "nq",
        prompt: [{ role: "user", content: "Answer the given question inside <search> … Question: Which helps?" }],
        reward_model: { style: "rule", ground_truth: { target: ["rest", "sleep"] } },
        extra_info: { index: 0, split: "test" },
      },
      { id: "test_0", text: "Which helps?", answer: "rest", acceptedAnswers: ["sleep"] },
    ],
    ["Search-R1 with one target", truth({ target: "rest" }), { answer: "rest" }],
    [
      "FlashRAG and R1-Searcher",
      { id: 4, question: "Which helps?", golden_answers: ["rest"] },
      { id: "4", answer: "rest" },
    ],
    [
      "a question with its answer",
      { question: "Which helps?", answer: "rest" },
      { text: "Which helps?", answer: "rest" },
    ],
    [
      "verl as pandas prints it",
      truth("{'target': array(['rest', 'sleep'], dtype=object)}"),
      { answer: "rest", acceptedAnswers: ["sleep"] },
    ],
    ["verl without a source", verl({ data_source: "" }), { dataset: "rows" }],
    ["a chat as JSON in a text", { prompt: JSON.stringify(user), answer: "rest" }, { text: "Which helps?" }],
    [
      "TRL, one list of messages",
      { messages: [...user, { role: "assistant", content: "rest" }] },
      { text: "Which helps?", answer: "rest" },
    ],
    [
      "a table with names in capitals",
      { Question: "Which helps?", Answer: "rest" },
      { text: "Which helps?", answer: "rest" },
    ],
    ["TRL, a chat", { prompt: user, answer: "rest" }, { text: "Which helps?", answer: "rest" }],
    ["TRL, a text", { prompt: "Which helps?", completion: " rest" }, { text: "Which helps?", answer: "rest" }],
    [
      "TRL, a chat with a reply",
      { prompt: user, completion: [{ role: "assistant", content: "rest" }] },
      { answer: "rest" },
    ],
    [
      "a message in parts",
      {
        prompt: [
          {
            role: "user",
            content: [
              { type: "text", text: "Which " },
              { type: "text", text: "helps?" },
            ],
          },
        ],
        answer: "rest",
      },
      { text: "Which helps?" },
    ],
    [
      "a choice",
      { question: "Which helps?", options: { A: "tea", B: "rest" }, answer: "b." },
      {
        kind: "choice",
        answer: "B",
        options: [
          { label: "A", text: "tea" },
          { label: "B", text: "rest" },
        ],
      },
    ],
    [
      "a choice by lists",
      { question: "Which helps?", choices: { label: ["A", "B"], text: ["tea", "rest"] }, answer: "rest" },
      { kind: "choice", answer: "B" },
    ],
  ])("are read: %s", async (_, row, expected) => {
    expect(await own(json(row))).toMatchObject([expected]);
  });

  it.each<[string, unknown, string]>([
    [
      "a picture",
      { prompt: [{ role: "user", content: [{ type: "image" }] }], answer: "rest" },
      "prompt: a message holds something else than text",
    ],
    ["no user", { prompt: [{ role: "system", content: "x" }], answer: "rest" }, "prompt: it holds no text of a user"],
    ["no question", { answer: "rest" }, "question: it holds no text of a user"],
    ["no answer", { question: "Which?" }, "answer: none of the fields"],
    ["an empty answer", { question: "Which?", answer: " " }, "answer: the row has no answer"],
    ["a reply that holds none", { prompt: user, completion: user }, "completion: the row has no answer"],
    ["an answer of another kind", truth({ value: 1 }), "reward_model.ground_truth: expected a text"],
    ["a prompt of another kind", { prompt: 7, answer: "x" }, "prompt: expected a text or a list of messages"],
    ["a list", [1, 2], "the row: "],
    [
      "a question of ours cut off",
      verl({ extra_info: { question: '{"id": "q1", "te' } }),
      "extra_info.question is no question",
    ],
  ])("are left out by the field's name, and the others read: %s", async (_, row, reason) => {
    const rejects: RejectedRow[] = [];
    expect(await own(json(verl({}), row), "rows.jsonl", (reject) => void rejects.push(reject))).toHaveLength(1);
    expect(rejects).toMatchObject([
      { place: expect.stringContaining("line 2") as string, reason: expect.stringContaining(reason) as string },
    ]);
  });

  it("are read from any kind of file, with any line ends, a byte order mark and NaN", async () => {
    const rows = [
      verl({}),
      {
        ...verl({}),
        prompt: [{ role: "user", content: "Which else?" }],
        extra_info: { index: Number.NaN, split: "train" },
      },
    ];
    const nan = json(...rows).replace('"index":null', '"index":NaN');
    for (const [name, text] of [
      ["rows.jsonl", `\uFEFF${nan.replaceAll("\n", "\r\n")}\r\n`],
      ["rows.json", JSON.stringify(rows)],
      ["rows.json", JSON.stringify({ version: 1, data: rows }, null, 2)],
    ] as const) {
      expect((await own(text, name)).map(({ text: asked }) => asked)).toEqual(["Which helps?", "Which else?"]);
    }
    expect(await own('question,answer\r\n"Which, if any, helps?",rest\r\n', "rows.csv")).toMatchObject([
      { text: "Which, if any, helps?", answer: "rest" },
    ]);
  });

  it("are read from parquet as pandas writes it: floats, missing numbers, 64-bit numbers", async () => {
    const file = join(await sample({ x: "" }), "rows.parquet");
    parquetWriteFile({
      filename: file,
      columnData: [
        { name: "id", data: [9007199254740993n, 12n], type: "INT64" },
        { name: "year", data: [2019, Number.NaN], type: "DOUBLE" },
        { name: "question", data: ["One?", "Two?"], type: "STRING" },
        { name: "answer", data: ["a", "b"], type: "STRING" },
      ],
    });
    expect((await readOwnQuestions(file)).map(({ id }) => id)).toEqual(["9007199254740993", "12"]);
    expect(plainValue({ year: Number.NaN, id: 12n, deep: { none: null, list: [null, 1n] } })).toEqual({
      id: 12,
      deep: { list: [null, 1] },
    });
  });

  it("never stop a large file: one bad row in 10,000 is one row left out", async () => {
    const rejects: RejectedRow[] = [];
    const rows = Array.from({ length: 10_000 }, (_, index) =>
      index === 5_000 ? { question: "Which?" } : { question: `Which ${index}?`, answer: "rest" },
    );
    expect(await own(json(...rows), "rows.jsonl", (reject) => void rejects.push(reject))).toHaveLength(9_999);
    expect(rejects).toHaveLength(1);
  });
});

describe("labels as they are published", () => {
  const row = { question: "Which?", options: { A: "tea", B: "rest", C: "sleep", D: null } };
  const answerOf = async (more: object): Promise<string[]> =>
    (await benchmarks.medqa(join(await sample({ "a.jsonl": json({ ...row, ...more }) }), "a.jsonl"))).map(
      ({ answer }) => answer,
    );

  it.each(["B", "b", "B.", "(B)", "(b)", "Ｂ", "ｂ", " B ", "B)", "[B]", "rest", "Rest.", "B. rest", "B: Rest"])(
    "are known in the form %j",
    async (answer_idx) => {
      expect(await answerOf({ answer_idx })).toEqual(["B"]);
    },
  );

  it.each(["A. tea", "A) Tea", "(A) tea", "A: tea", "A - tea", "A tea", "a. tea"])(
    "are no articles: %j is A, and no other option's text",
    async (answer_idx) => {
      expect(await answerOf({ answer_idx })).toEqual(["A"]);
      expect(await answerOf({ answer_idx: answer_idx.replace(/tea/i, "rest") }).catch(() => ["refused"])).not.toContain(
        "A",
      );
    },
  );

  it("are told from options that are made of labels", async () => {
    const options = { A: "A,B", B: "A,C", C: "B,C", D: "ABC" };
    expect(await answerOf({ options, answer_idx: "B. A,C" })).toEqual(["B"]);
  });

  it("may stand in either field, and options in any form", async () => {
    expect(await answerOf({ answer: "rest" })).toEqual(["B"]);
    expect(await answerOf({ options: ["tea", "rest"], answer_idx: "B" })).toEqual(["B"]);
    expect(
      await answerOf({
        options: [
          { key: "A", value: "tea" },
          { key: "B", value: "rest" },
        ],
        answer_idx: "B",
      }),
    ).toEqual(["B"]);
    expect(await answerOf({ options: { a: "tea", b: "rest" }, answer_idx: "B" })).toEqual(["B"]);
    expect(await answerOf({ options: { "１": "tea", "２": "rest" }, answer_idx: 2 })).toEqual(["2"]);
  });

  it("leave options without a text out, and the other labels as they are", async () => {
    const [question] = await benchmarks.medqa(
      join(
        await sample({
          "a.jsonl": json({ ...row, options: { A: "", B: "rest", C: null, D: "tea" }, answer_idx: "D" }),
        }),
        "a.jsonl",
      ),
    );
    expect(question).toMatchObject({ answer: "D", options: [{ label: "B" }, { label: "D" }] });
  });

  it("keep entities and raised digits as a page shows them", async () => {
    const [question] = await benchmarks.medqa(
      join(
        await sample({
          "a.jsonl": json({
            question: "&lt;5 &amp; &beta;?",
            options: { A: "10<sup>9</sup>/L", B: "109/L" },
            answer_idx: "A",
          }),
        }),
        "a.jsonl",
      ),
    );
    expect(question?.text).toBe("<5 & β?");
    expect(question?.options[0]?.text).not.toBe("109/L");
  });

  it("keep them in rows of any kind; a literal & and unknown entities stay", async () => {
    const text = "AT&amp;T &lt;5 mg &foo; R&D?";
    const seen = "AT&T <5 mg &foo; R&D?";
    expect(await own(json({ question: text, answer: ["&lt;5", "10<sup>9</sup>"] }))).toMatchObject([
      { text: seen, answer: "<5", acceptedAnswers: ["10⁹"] },
    ]);
    for (const [options, answer] of [
      [["&lt;5", "&gt;5"], ">5"],
      [["<5", ">5"], "&gt;5"],
      [{ A: "&lt;5", B: "&gt;5" }, "&gt;5"],
    ])
      expect(await own(json({ question: text, options, answer }))).toMatchObject([
        { text: seen, answer: "B", options: [{ text: "<5" }, { text: ">5" }] },
      ]);
    const ours = { id: "a", dataset: "d", kind: "open", text, answer: "&beta;", cluster: "c" };
    expect(await own(json(ours))).toMatchObject([{ text: seen, answer: "β" }]);
  });

  it("keep them in what a question of ours says should be found, so that a corpus' titles are equal", async () => {
    const fact = { head: "vitamin B<sub>12</sub>", relation: "helps", tail: "&alpha;-thalassaemia", retrieved: null };
    // Graphs are spelled as those that are read by rules: small letters of one width, infinitives.
    const seen = { ...fact, head: "vitamin b₁₂", relation: "help", tail: "α-thalassaemia" };
    const ours = {
      id: "a",
      dataset: "d",
      kind: "open",
      text: "Which?",
      answer: "b",
      cluster: "c",
      goldTitles: ["Crohn&#39;s disease", "Sjo\u0308gren", "Vitamin B<sub>12</sub>"],
      goldFacts: [fact],
      findings: ["Na &lt; 130"],
      references: [{ answer: "b", reasoning: "", graph: [fact] }],
    };
    const expected = { goldFacts: [seen], findings: ["Na < 130"], references: [{ graph: [seen] }] };
    const read = await own(
      json(ours, verl({ extra_info: { question: JSON.stringify({ ...ours, id: "b", text: "Which else?" }) } })),
    );
    expect(read).toMatchObject([expected, expected]);
    const passages = ["Crohn's disease", "Sjögren", " Vitamin B₁₂ "].map((title) => retrieved("x", 1, { title }));
    for (const question of read) expect(retrievalRecall.score(subjectOf({ question, passages }))).toBe(1);
  });
});

describe("MedMCQA's counting", () => {
  const row = (cop: unknown, more: object = {}) => ({
    id: `${Math.random()}`,
    question: `Which? ${Math.random()}`,
    opa: "one",
    opb: "two",
    opc: "three",
    opd: "four",
    cop,
    ...more,
  });
  const answers = async (counts: readonly unknown[], more: object = {}, rejects: RejectedRow[] = []): Promise<string> =>
    (
      await benchmarks.medmcqa(
        join(await sample({ "a.json": json(...counts.map((cop) => row(cop, more))) }), "a.json"),
        (reject) => void rejects.push(reject),
      )
    )
      .map(({ answer }) => answer)
      .join("");

  it("does not matter for letters; numbers may be texts and floats", async () => {
    expect(await answers(["a", " D ", "b"])).toBe("ADB");
    expect(await answers(["1", "4.0", 2])).toBe("ADB");
  });

  it("is from 1 where a 4 stands; a 0 or −1 is then a row without an answer", async () => {
    const rejects: RejectedRow[] = [];
    expect(await answers([1, 2, 0, 4, -1, null], {}, rejects)).toBe("ABD");
    expect(rejects.map(({ reason }) => reason)).toEqual(
      [0, -1, "none"].map((cop) => `cop: the row has no answer (${cop}, in a file read as counting options from 1)`),
    );
  });

  it("is from 0 where zeros stand and no 4, as in the hub's copies", async () => {
    expect(await answers([0, 1, 2, 3, 0])).toBe("ABCDA");
    expect(await answers([0, ...Array.from({ length: 30 }, () => 3)])).toBe(`A${"D".repeat(30)}`);
  });

  it("is told by the letter that an explanation names, where the numbers alone do not", async () => {
    expect(await answers([1, 1], { exp: "Ans. is 'b' i.e., two" })).toBe("BB");
    expect(await answers([2, 2], { exp: "Ans. (b) two" })).toBe("BB");
  });

  it("is not guessed: a part with neither 0 nor 4 is refused, with what to do", async () => {
    await expect(answers([1, 2, 3, 2])).rejects.toThrow(/cop: the values 1, 2, 3 do not show .*read a larger part/);
    await expect(answers([-1, -1])).rejects.toThrow("published without answers");
    const torn = [row(1, { exp: "Ans. (a)" }), row(3, { exp: "Ans. (a)" }), row(3, { exp: "Ans. (b)" })];
    await expect(benchmarks.medmcqa(join(await sample({ "a.json": json(...torn) }), "a.json"))).rejects.toThrow(
      "do not show whether",
    );
  });

  it("is not guessed by zeros that stand for labels kept back, whatever explanations say", async () => {
    const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
    const keptBack = /cop: 60 of \d+ rows have 0, which is no answer but stands for labels that are kept back/;
    await expect(answers(zeros(60))).rejects.toThrow(keptBack);
    await expect(answers([...zeros(60), 1, 2])).rejects.toThrow(keptBack);
    await expect(answers(zeros(5))).rejects.toThrow("labels that are kept back");
    const explained = ["a", "b", "c", "d", "b"].map((letter) => row(0, { exp: `Ans. is '${letter}'` }));
    await expect(benchmarks.medmcqa(join(await sample({ "a.json": json(...explained) }), "a.json"))).rejects.toThrow(
      "labels that are kept back",
    );
    expect(await answers(zeros(5), { exp: "Ans. is 'a'" })).toBe("AAAAA");
    expect(await answers(zeros(2))).toBe("AA");
  });

  it("is not guessed by a single 0 without a 4: the file is refused, with what to do", async () => {
    await expect(answers([0, 1, 2, 3, 1, 2])).rejects.toThrow(
      /a\.json: cop: a single 0 in 6 rows without a 4 does not show .*read a larger part .*or give letters/,
    );
    await expect(answers([1, 2, 3, 0, 2, 1, 3, 1, 2, 3, 3, 1])).rejects.toThrow("a single 0 in 12 rows");
    expect(await answers([0, ...Array.from({ length: 19 }, () => 2)])).toBe(`A${"C".repeat(19)}`);
  });

  it("is from 0 where the row of a single 0 is explained: it has its answer", async () => {
    expect(await answers([0, 1, 2, 3, 1, 2], { exp: "It is so." })).toBe("ABCDBC");
  });

  it("of five rows with a single 0 is read as from 1, with what that means told of the row", async () => {
    const rejects: RejectedRow[] = [];
    expect(await answers([2, 0, 1, 3, 3], {}, rejects)).toBe("BACC");
    expect(rejects.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(
        /the row has no answer \(0, in a file read as counting options from 1, which it does not show: .*hub's copy/,
      ),
    ]);
  });
});

describe("answers that are places", () => {
  const options = ["rest", "sleep", "tea"];
  const rows = (answers: readonly unknown[], more: object = { options }): string =>
    json(...answers.map((answer, index) => ({ id: `${index}`, question: `Which? ${index}`, answer, ...more })));
  const labels = async (answers: readonly unknown[], more?: object): Promise<string> =>
    (await own(rows(answers, more))).map(({ answer }) => answer).join("");

  it("are counted from 0 where a 0 stands, from 1 where the number of options does", async () => {
    expect(await labels([0, 1, "2"])).toBe("ABC");
    expect(await labels([1, 2, "3"])).toBe("ABC");
    const choices = { choices: options, subject: "anatomy" };
    for (const answers of [
      [0, 1, 2],
      [1, 2, 3],
    ]) {
      const folder = await sample({ "rows.jsonl": rows(answers, choices) });
      expect((await benchmarks["mmlu-med"](folder)).map(({ answer }) => answer).join("")).toBe("ABC");
    }
  });

  it("are not counted by a row that holds no choice", async () => {
    const row = (answer: number, choices: readonly string[]): object => ({
      question: `Which? ${choices.length} ${answer}`,
      subject: "anatomy",
      choices,
      answer,
    });
    const folder = await sample({ "rows.jsonl": json(row(1, options), row(1, ["x"]), row(2, options)) });
    expect((await benchmarks["mmlu-med"](folder)).map(({ answer }) => answer).join("")).toBe("BC");
  });

  it("are not guessed: undecided rows are left out with the reason", async () => {
    const rejects: RejectedRow[] = [];
    const read = await own(rows([1, 2, "rest"]), "rows.jsonl", (row) => rejects.push(row));
    expect(read.map(({ answer }) => answer)).toEqual(["A"]);
    expect(rejects[0]?.reason).toMatch(/^answer: 1 does not show which option is meant: .*give the label or the text/);
    await expect(own(rows([0, 3]))).rejects.toThrow("does not show which option is meant");
    await expect(own(rows([...Array.from({ length: 21 }, () => 0), 3]))).resolves.toHaveLength(21);
  });

  it("or texts of options: where both name one, another than the place's is refused, in MMLU a number is a place", async () => {
    const counts = { options: ["1", "2", "3"] };
    await expect(own(rows([3, 1], counts))).resolves.toMatchObject([{ answer: "C" }, { answer: "A" }]);
    await expect(own(rows([0, "2"], counts), "rows.jsonl")).resolves.toMatchObject([{ answer: "A" }]);
    expect(await labels([0, 80], { options: ["70", "80"] })).toBe("AB");
    const folder = await sample({ "rows.jsonl": rows([0, 1, 2], { choices: counts.options, subject: "anatomy" }) });
    expect((await benchmarks["mmlu-med"](folder)).map(({ answer }) => answer).join("")).toBe("ABC");
  });
});

describe("a list of one answer", () => {
  const row = (choices: readonly string[], golden_answers: unknown, number = 0): object => ({
    id: `${number}`,
    question: `How many? ${number}`,
    choices,
    golden_answers,
  });
  const upwards = ["1", "2", "3", "4"];
  const downwards = ["4", "3", "2", "1"];

  it.each<[string, (place: number) => unknown]>([
    ["by itself", (place) => place],
    ["in a list", (place) => [place]],
    ["in a list within a target", (place) => ({ target: [place] })],
    ["in a list that is written as a text", (place) => `[${place}]`],
  ])("is a place, not an option's text, where the file counts from 0: %s", async (_, written) => {
    const drugs = row(["tea", "rest"], written(0));
    expect(await own(json(drugs, row(["tea", "rest"], written(1), 1)))).toMatchObject([
      { answer: "A" },
      { answer: "B" },
    ]);
  });

  it("is a place where it is a number and the file shows that its numbers are places", async () => {
    const shown = row(["rest", "tea"], [0]);
    const rows = json(shown, row(upwards, [1], 1), row(downwards, [3], 2), row(upwards, 2, 3));
    expect((await own(rows)).map(({ answer }) => answer).join("")).toBe("ABDC");
  });

  it("is not guessed where it is a text of digits, or all numbers are options' texts", async () => {
    const rejects: RejectedRow[] = [];
    const texts = json(row(["rest", "tea"], [0]), row(upwards, ["1"], 1), row(upwards, "[1]", 2));
    expect(await own(texts, "rows.jsonl", (reject) => rejects.push(reject))).toHaveLength(2);
    expect(rejects.map(({ reason }) => reason)).toEqual([
      "golden_answers: 1 is option B by its place and option A by its text",
    ]);
    await expect(own(json(row(["0", "1", "2"], [0]), row(upwards, [1], 1)))).resolves.toHaveLength(1);
  });

  it("is a place in MMLU, whatever numbers the options are", async () => {
    const subject = { subject: "anatomy" };
    const folder = await sample({
      "rows.jsonl": json(
        { question: "Which?", choices: ["tea", "rest"], answer: [0], ...subject },
        { question: "How many?", choices: upwards, answer: [1], ...subject },
        { question: "How many else?", choices: downwards, answer: [3], ...subject },
      ),
    });
    expect((await benchmarks["mmlu-med"](folder)).map(({ answer }) => answer).join("")).toBe("ABD");
  });

  it("that is a text is what the text alone is: a label, an option's text, or a place", async () => {
    expect(await own(json(row(["tea", "rest"], ["B"])))).toMatchObject([{ answer: "B" }]);
    expect(await own(json(row(["tea", "rest"], "['rest']")))).toMatchObject([{ answer: "B" }]);
    expect(await own(json(row(["tea", "rest"], ["0"]), row(["tea", "rest"], ["1"], 1)))).toMatchObject([
      { answer: "A" },
      { answer: "B" },
    ]);
    await expect(own(json(row(["tea", "rest"], ["0"]), row(upwards, ["1"], 1)))).resolves.toHaveLength(1);
  });

  it("may be a number with a point, as pandas writes it, unless an option is worded so", async () => {
    const first = row(["tea", "rest"], "0.0");
    await expect(own(json(first, row(upwards, "1.0", 1)))).resolves.toHaveLength(1);
    await expect(own(json(first, row(["0.5", "2.0", "1.0"], "1.0", 1)))).resolves.toMatchObject([{}, { answer: "C" }]);
  });
});

describe("MedQA's label and text", () => {
  it("must name one option", async () => {
    const row = { question: "Which?", options: { A: "rest", B: "sleep" }, answer: "sleep" };
    const file = async (answer_idx: string): Promise<string> =>
      join(await sample({ "rows.jsonl": json({ ...row, answer_idx }) }), "rows.jsonl");
    await expect(benchmarks.medqa(await file("B"))).resolves.toMatchObject([{ answer: "B" }]);
    await expect(benchmarks.medqa(await file("A"))).rejects.toThrow(
      'answer_idx: A is another option than the answer "sleep" (B)',
    );
  });

  const both = async (options: readonly string[], answer: unknown, answer_idx: string): Promise<string> => {
    const labelled = Object.fromEntries(options.map((text, index) => ["ABCD".charAt(index), text]));
    const row = json({ question: "Which?", options: labelled, answer, answer_idx });
    return (await benchmarks.medqa(join(await sample({ "rows.jsonl": row }), "rows.jsonl")))
      .map((one) => one.answer)
      .join("");
  };
  const drugs = ["Aspirin", "Bivalirudin"];

  it.each<[string, readonly string[], unknown]>([
    ["another case", drugs, "aspirin"],
    ["another case and a stop", drugs, "ASPIRIN."],
    ["a label before it", drugs, "A. aspirin"],
    ["a list of one", drugs, ["Aspirin"]],
    ["an entity", ["< 5 mg", "> 5 mg"], "&lt; 5 mg"],
    ["a number", ["4", "5"], 4],
    ["the label alone", drugs, "A"],
    ["words before the label", drugs, "Answer: A. Aspirin"],
  ])("that differ are refused where the text has %s", async (_, options, answer) => {
    await expect(both(options, answer, "B")).rejects.toThrow(
      /answer_idx: B is another option than the answer .* \(A\)/,
    );
    await expect(both(options, answer, "A")).resolves.toBe("A");
  });

  it("are taken by the label where the text is several options' but for case, none's, or another's label", async () => {
    await expect(both(["Aspirin", "aspirin.", "rest"], "ASPIRIN", "B")).resolves.toBe("B");
    await expect(both(drugs, "Since it thins the blood.", "B")).resolves.toBe("B");
    await expect(both(["AB", "O", "A"], "A", "C")).resolves.toBe("C");
  });
});

describe("what a row of choices says of its options and its right one", () => {
  const options = { A: "rest", B: "tea" };

  it.each<[string, object]>([
    ["columns", { A: "rest", B: "tea", answer: "B" }],
    ["columns with a word", { option_a: "rest", option_b: "tea", answer: "b" }],
    ["columns of MedMCQA", { opa: "rest", opb: "tea", answer: "tea" }],
    ["columns and a place of MedMCQA", { opa: "rest", opb: "tea", cop: 2 }],
    ["texts that begin with their labels", { options: ["A) rest", "B) tea"], answer: "B) tea" }],
    ["a list as Python prints it", { options: "['rest', 'tea']", answer: "B" }],
    ["a list with signs as Python escapes them", { options: "['\\x72est', '\\u0074e\\U00000061']", answer: "B" }],
    ["an array as numpy prints it", { options: "['rest' 'tea']", answer: "B" }],
    ["a dictionary as Python prints it", { options: "{'A': 'rest', 'B': 'tea', 'C': None}", answer: "B" }],
    ["a column's name as answer", { option_a: "rest", option_b: "tea", answer: "option_b" }],
    ["a letter behind a word", { options, answer: "Option B" }],
    ["JSON in a text", { options: '["rest", "tea"]', answer: "B" }],
    ["the question itself", { question: "Which helps? A) rest B) tea", answer: "B" }],
    ["verl's extra information", { ...truth({ target: "B" }), extra_info: { options } }],
    ["another field for the letter", { options, answerKey: "B" }],
    ["a letter beside the text", { options, answer: "tea", answer_idx: "B" }],
    ["an explanation beside the letter", { options, answer: "B", solution: "Tea is warm." }],
  ])("is read from %s", async (_, row) => {
    const asked = "prompt" in row ? {} : { question: "Which helps?" };
    expect(await own(json({ ...asked, ...row }))).toMatchObject([
      { kind: "choice", text: "Which helps?", answer: "B", options: [{ text: "rest" }, { text: "tea" }] },
    ]);
  });

  it.each<[string, object, RegExp]>([
    [
      "fields that name two options",
      { options, answer: "A", ground_truth: "tea" },
      /answer: it names option A, but ground_truth option B/,
    ],
    [
      "a letter and another text",
      { options, answer: "tea", answer_idx: "A" },
      /answer_idx: it names option A, but answer option B/,
    ],
    [
      "a label before another's text",
      { options, answer: "A. tea" },
      /answer: the answer "A\. tea" is none of the options/,
    ],
    ["a letter without options", { answer: "B" }, /answer: "B" is the letter of an option, but the row has none/],
    [
      "a letter beyond those of the text",
      { question: "Which helps? A) rest B) tea", answer: "D" },
      /"D" is the letter of an option/,
    ],
  ])("is refused for %s", async (_, row, message) => {
    await expect(own(json({ question: "Which helps?", ...row }))).rejects.toThrow(message);
  });
});

it("ids and answers of more digits than a number holds stay exact", async () => {
  const row =
    '{"id": 9007199254740993, "question": "How many \\"1234567890123456789\\"?", "answer": 12345678901234567891}';
  expect(await own(row)).toMatchObject([
    { id: "9007199254740993", text: 'How many "1234567890123456789"?', answer: "12345678901234567891" },
  ]);
});

describe("a field that a row has twice", () => {
  it.each([
    ["rows.jsonl", '{"question": "Which helps?", "answer": "rest", "answer": "tea"}'],
    ["rows.csv", "question,answer,answer\nWhich helps?,rest,tea"],
  ])("is no answer, in %s: readers take the first or the last", async (name, text) => {
    await expect(own(text, name)).rejects.toThrow(
      /line \d: answer: (?:the row has it twice|two columns have this name)/,
    );
  });

  const choice = '"question": "Which helps?", "options": {"A": "rest", "B": "tea"}';
  const contradictory = `{${choice}, "answer": "rest", "answer_idx": "A", "answer": "tea", "answer_idx": "B"}`;
  const plain = '{"question": "What else?", "options": {"A": "rest", "B": "tea"}, "answer": "rest", "answer_idx": "A"}';
  const torn =
    '{"question": "Which helps?", "options": {"A": "rest", "A": "tea", "B": "sleep"}, "answer": "rest", "answer_idx": "A"}';

  it.each<[string, string, string]>([
    ["a list", `[${plain},\n ${contradictory}]`, "entry 2: answer"],
    ["a list within an object", `{"version": 1, "data": [${plain}, ${contradictory}]}`, "entry 2: answer"],
    ["a list, of its options", `[${torn}, ${plain}]`, "entry 1: A"],
  ])("leaves its row out of a whole file too, by name and place: %s", async (_, text, told) => {
    const rejects: RejectedRow[] = [];
    const file = join(await sample({ "rows.json": text }), "rows.json");
    expect(await benchmarks.medqa(file, (reject) => rejects.push(reject))).toMatchObject([
      { text: "What else?", answer: "A" },
    ]);
    expect(rejects.map(({ place, reason }) => `${place}: ${reason}`)).toEqual([
      `${file}, ${told}: the row has it twice`,
    ]);
  });

  it("is refused where the file is one row, or has its list twice", async () => {
    await expect(own(contradictory, "rows.json")).rejects.toThrow("rows.json, entry 1: answer: the row has it twice");
    await expect(own(`{"data": [${plain}], "data": [${plain}]}`, "rows.json")).rejects.toThrow(
      "rows.json: data: the file has it twice",
    );
  });

  it("is no answer in a text of a row either, as JSON or as Python prints it", async () => {
    const row = { question: "Which helps?", answer: "rest" };
    for (const options of ['{"A": "rest", "A": "tea", "B": "sleep"}', "{'A': 'rest', 'A': 'tea', 'B': 'sleep'}"])
      await expect(own(json({ ...row, options }))).rejects.toThrow("A: a text of the row has it twice");
    const ours =
      '{"id": "a", "dataset": "d", "kind": "open", "text": "Which?", "answer": "x", "answer": "y", "cluster": "c"}';
    await expect(own(json(verl({ extra_info: { question: ours } })))).rejects.toThrow(
      "extra_info.question: answer: the question has it twice",
    );
  });

  it("leaves out a question of MIRAGE whose id or field stands there twice, and refuses a part that does", async () => {
    const question = (text: string, answer: string): string =>
      `{"question": "${text}", "options": {"A": "rest", "B": "tea"}, "answer": "${answer}"}`;
    const part = `{"0": ${question("One?", "A")}, "1": ${question("Two?", "B")}, "0": ${question("One?", "B")}, "2": {"answer": "A", ${question("Three?", "B").slice(1)}}`;
    const file = join(await sample({ "benchmark.json": `{"medqa": ${part}}` }), "benchmark.json");
    const rejects: RejectedRow[] = [];
    expect(await benchmarks.mirage(file, (reject) => rejects.push(reject))).toMatchObject([{ id: "mirage-medqa-1" }]);
    expect(rejects).toEqual([
      { place: `${file}, medqa, 0`, reason: "0: the file has it twice" },
      { place: `${file}, medqa, 2`, reason: "answer: the row has it twice" },
    ]);
    await writeFile(file, `{"medqa": ${part}, "medqa": ${part}}`);
    await expect(benchmarks.mirage(file)).rejects.toThrow("benchmark.json: medqa: the file has it twice");
  });
});

describe("whole files of JSON", () => {
  it("may be one row, on several lines", async () => {
    expect(await own(JSON.stringify({ question: "Which helps?", answer: "rest" }, null, 2), "rows.json")).toHaveLength(
      1,
    );
  });

  it("are read in UTF-16 and with a byte order mark; another encoding is refused, not read as question marks", async () => {
    const text = JSON.stringify({ medqa: { 1: { question: "Sjögren?", options: { A: "é", B: "b" }, answer: "A" } } });
    const file = join(await sample({}), "benchmark.json");
    for (const bytes of [Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, "utf16le")]) {
      await writeFile(file, bytes);
      await expect(benchmarks.mirage(file)).resolves.toMatchObject([{ text: "Sjögren?" }]);
    }
    await writeFile(file, Buffer.from(text, "latin1"));
    await expect(benchmarks.mirage(file)).rejects.toThrow(/benchmark\.json: cannot be read \(not UTF-8/);
  });
});

describe("tables of MMLU", () => {
  it("are read without a header, with one, and with numbers as answers", async () => {
    const folder = await sample({
      "anatomy_test.csv": 'What is x?,a,b,c,d,B\r\n"How many lobes, left?",1,2,3,4,B\r\n',
      "college_medicine_test.csv": "question,A,B,C,D,answer\nWhat?,a,b,c,d,D\n",
      "medical_genetics.jsonl": json({ question: "Which?", choices: ["a", "b", "c", "d"], answer: 0 }),
      ".ipynb_checkpoints/anatomy_test.csv": "x,a,b,c,d,A\n",
      "__MACOSX/._anatomy_test.csv": "\u0000",
    });
    expect((await benchmarks["mmlu-med"](folder)).map(({ text, answer }) => [text, answer])).toEqual([
      ["What is x?", "B"],
      ["How many lobes, left?", "B"],
      ["What?", "D"],
      ["Which?", "A"],
    ]);
  });

  it("are read as MMLU-Pro has them: up to ten options, the subject in src", async () => {
    const row = {
      question_id: 1,
      question: "Which?",
      options: Array.from({ length: 10 }, (_, index) => `drug ${index}`),
      answer: "J",
      answer_index: 9,
      category: "health",
      src: "ori_mmlu-anatomy",
    };
    const rejects: RejectedRow[] = [];
    const file = join(
      await sample({
        "pro.jsonl": json(
          row,
          { ...row, answer_index: 2, question: "Torn?" },
          { ...row, src: "stemez-law", category: "law" },
        ),
      }),
      "pro.jsonl",
    );
    expect(await benchmarks["mmlu-med"](file, (reject) => void rejects.push(reject))).toMatchObject([
      { answer: "J", tags: { subject: "anatomy" }, options: { length: 10 } },
    ]);
    expect(rejects).toMatchObject([{ reason: "answer_index: 2 is another option than the answer J" }]);
  });

  it("are told as published without answers where answer_index stands below every place", async () => {
    const row = { question: "Which?", options: ["a", "b"], answer_index: -1, src: "ori_mmlu-anatomy" };
    const folder = await sample({ "pro.jsonl": json(row, { ...row, question: "Where?" }) });
    await expect(benchmarks["mmlu-med"](join(folder, "pro.jsonl"))).rejects.toThrow("published without answers");
  });

  it("are refused where no row is of a medical subject, with what they are of", async () => {
    const file = join(
      await sample({ "pro.jsonl": json({ question: "Q", options: ["a", "b"], answer: "B", category: "law" }) }),
      "pro.jsonl",
    );
    await expect(benchmarks["mmlu-med"](file)).rejects.toThrow(/no row is of a medical subject .*it holds law/);
  });
});

describe("options inside a question", () => {
  it.each([
    "A man with hepatitis A. Which?\nA. tea\nB. rest\nC. sleep",
    "A man with hepatitis A. Which? A) tea B) rest C) sleep",
    "A man with hepatitis A. Which? (A) tea (B) rest (C) sleep",
    "A man with hepatitis A. Which?\nA: tea\nB: rest\nC: sleep",
  ])("are cut off: %j", (text) => {
    expect(cutOptions(text)).toEqual({
      question: "A man with hepatitis A. Which?",
      options: [
        { label: "A", text: "tea" },
        { label: "B", text: "rest" },
        { label: "C", text: "sleep" },
      ],
    });
  });

  it("are none where no run of letters ends the text", () => {
    for (const text of ["Which?", "Vitamin A. Which?", "A. tea B. rest", "Which? A. tea"])
      expect(cutOptions(text)).toBeNull();
  });

  it("serve NEJMQA, whose tables have no columns for them", async () => {
    const folder = await sample({ "surgery.csv": 'Question,Answer\n"Which?\nA. tea\nB. rest",B. rest\n"Torn?",B\n' });
    const rejects: RejectedRow[] = [];
    expect(await benchmarks.nejmqa(folder, (reject) => void rejects.push(reject))).toMatchObject([
      { text: "Which?", answer: "B", options: { length: 2 } },
    ]);
    expect(rejects).toMatchObject([{ place: expect.stringContaining("line 5") as string }]);
  });
});
