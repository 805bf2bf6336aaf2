import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { benchmarks } from "../../src/benchmarks/catalogue.ts";
import { gradeAnswer } from "../../src/graders/grade.ts";
import { normaliseAnswer } from "../../src/graders/normalise.ts";
import type { Question } from "../../src/domain/question.ts";

/** Beside the checkout, or one folder further up for a second work tree. */
const data = ["../shared/data", "../../shared/data"].find((folder) => existsSync(folder)) ?? "../shared/data";
const countLines = (path: string): number =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "").length;

const files = [
  { name: "medqa", path: `${data}/medqa/US_4_options_dev.jsonl`, count: countLines },
  { name: "medmcqa", path: `${data}/medmcqa/dev.json`, count: countLines },
  {
    name: "pubmedqa",
    path: `${data}/pubmedqa/ori_pqal.json`,
    count: (path: string) => Object.keys(JSON.parse(readFileSync(path, "utf8")) as object).length,
  },
] as const;

/** Whether another option is called what this one's label is ("C" for D): then only the bare letter is clear. */
function isConfusing({ options }: Question, label: string): boolean {
  return options.some((option) => option.label !== label && normaliseAnswer(option.text) === label.toLowerCase());
}

/** Answers, by label and by text, that are graded otherwise than they should be. Texts that two options share are skipped. */
function misgraded(question: Question): string[] {
  const texts = question.options.map((option) => option.text.trim());
  return question.options.flatMap(({ label, text }) => {
    const right = label === question.answer ? 2 : 0;
    if (isConfusing(question, label)) return gradeAnswer(question, label) === right ? [] : [`${question.id}: ${label}`];
    const byLabel = [
      label,
      `(${label})`,
      `**${label}.**`,
      `\\boxed{${label}}`,
      `The answer is (${label}).`,
      `Answer: ${label}) ${text}`,
      `${label}. ${text}`,
      `答案是${label}`,
      `选${label}。`,
    ];
    const answers =
      texts.filter((one) => one === text.trim()).length === 1
        ? [...byLabel, text, `${text} (${label})`, `${label} ${text}`]
        : byLabel;
    return answers
      .filter((answer) => gradeAnswer(question, answer) !== right)
      .map((answer) => `${question.id}: ${answer}`);
  });
}

describe.each(files)("the real $name file", ({ name, path, count }) => {
  it.skipIf(!existsSync(path))(
    "is read without a loss, every right answer graded right and every wrong one wrong",
    async () => {
      const questions = await benchmarks[name](path);
      expect(questions).toHaveLength(count(path));
      expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
      expect(questions.flatMap(misgraded)).toEqual([]);
    },
  );
});
