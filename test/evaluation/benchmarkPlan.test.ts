import { describe, expect, it } from "vitest";
import { BenchmarkPlan, chooseQuestions, poolOf } from "../../src/evaluation/protocols/benchmarkPlan.ts";
import { summariseAnswers } from "../../src/evaluation/protocols/summary.ts";
import { benchmarkTable } from "../../src/report/benchmarkSection.ts";
import { questionOf } from "../rewards/subjects.ts";

const plan = (fields: Record<string, unknown> = {}) =>
  BenchmarkPlan.parse({ benchmark: "medqa", path: "US_dev.jsonl", ...fields });
const questions = [
  questionOf({ id: "a", text: "What helps against fever?", tags: { subject: "Anatomy", step: "step1" } }),
  questionOf({ id: "b", text: "What helps against pain?", tags: { subject: "Skin" } }),
];
const answers = (questionId: string, ...given: readonly string[]) =>
  given.map((one) => ({ questionId, given: one, correct: one === "rest" }));

describe("how a benchmark is asked", () => {
  it.each([
    [{ benchmark: "medqu" }, "benchmark"],
    [{ protocol: "chat" }, "protocol"],
    [{ protocol: "likelihood", samples: 4, temperature: 1 }, "samples"],
    [{ samples: 4 }, "temperature"],
    [{ shots: 5 }, ""],
    [{ path: "" }, "path"],
  ])("%j is refused by its field", (fields, field) => {
    const { error } = BenchmarkPlan.safeParse({ benchmark: "medqa", path: "x", ...fields });
    expect(error?.issues[0]?.path.join(".")).toBe(field);
  });

  it("is a pool of its own for whatever changes the answers", () => {
    const names = [
      plan(),
      plan({ retrieval: false }),
      plan({ protocol: "likelihood" }),
      plan({ protocol: "likelihood", passages: 2 }),
      plan({ samples: 2, temperature: 0.6 }),
      plan({ file: "x.jsonl" }),
    ].map((one) => poolOf(one, questions));
    expect(new Set([...names, poolOf(plan(), questions.slice(1))]).size).toBe(7);
    expect(names[0]).toMatch(/^benchmark medqa \(US_dev\.jsonl\) · generative · with search · greedy · [0-9a-f]{8}$/);
  });

  it("draws the same questions every time, in their order", () => {
    const many = Array.from({ length: 50 }, (_, index) => questionOf({ id: `q${index}` }));
    const chosen = chooseQuestions(plan({ questions: 10 }), many);
    expect(chosen).toHaveLength(10);
    expect(chooseQuestions(plan({ questions: 10 }), many)).toEqual(chosen);
    expect(chosen).toEqual(many.filter((question) => chosen.includes(question)));
  });
});

describe("figures of a benchmark", () => {
  const figures = summariseAnswers({
    answers: [...answers("a", "rest", "tea", "tea", "rest"), ...answers("b", "rest", "rest", "rest", "tea")],
    questions,
    samples: 4,
    training: [questionOf({ id: "t", text: "what helps, against FEVER" })],
  });

  it("are accuracy with its error, pass@k, majority vote, contamination", () => {
    expect(figures).toMatchObject({
      accuracy: 0.625,
      "accuracy/stderr": 0.125,
      questions: 2,
      "pass@1": 0.625,
      "pass@4": 1,
      majority: 1,
      "contamination/same": 1,
      "contamination/near": 0,
      "accuracy/uncontaminated": 0.75,
    });
    expect(figures["pass@2"]).toBeCloseTo((5 / 6 + 1) / 2);
  });

  it("have no accuracy without contaminated questions where none is left", () => {
    const training = [questionOf({ id: "t", text: "what helps, against FEVER" })];
    const [first] = questions;
    const alone = summariseAnswers({
      answers: answers("a", "rest", "rest", "rest", "rest"),
      questions: first === undefined ? [] : [first],
      samples: 4,
      training,
    });
    expect(alone).toMatchObject({ "contamination/same": 1 });
    expect(alone).not.toHaveProperty("accuracy/uncontaminated");
  });

  it("are broken down by tag", () => {
    expect(figures).toMatchObject({
      "by/subject/Anatomy/accuracy": 0.5,
      "by/subject/Skin/accuracy": 0.75,
      "by/step/step1/questions": 1,
    });
  });

  it("stand in the report", () => {
    const page = benchmarkTable([
      {
        name: "medqa <dev> · generative",
        checkpoint: "after stage 3",
        metrics: { ...figures, "by/subject/Ear/Nose/accuracy": 0.5, "by/subject/Ear/Nose/questions": 2 },
      },
    ]).text;
    for (const text of [
      "medqa &lt;dev&gt;",
      "after stage 3",
      "62.5 % ± 12.5",
      "pass@4 100.0 %",
      "majority 100.0 %",
      "(without: 75.0 %)",
      "by step, subject",
      "Ear/Nose",
    ])
      expect(page).toContain(text);
    expect(benchmarkTable([]).text).toContain("No public benchmark");
  });
});
