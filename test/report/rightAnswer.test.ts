import { expect, test } from "vitest";
import { choiceQuestion, labelOptions } from "../../src/benchmarks/choiceQuestion.ts";
import { rightAnswerText } from "../../src/report/rightAnswer.ts";
import { questionOf } from "../rewards/subjects.ts";

test("a right answer by letter is shown with its text and the options; an open one with what is accepted too", () => {
  expect(
    rightAnswerText(
      choiceQuestion({ id: "q", dataset: "d", text: "Which?", options: labelOptions(["tea", "rest"]), answer: "B" }),
    ),
  ).toBe("B. rest (of A. tea; B. rest)");
  expect(rightAnswerText(questionOf())).toBe("rest");
  expect(rightAnswerText(questionOf({ acceptedAnswers: ["sleep"] }))).toBe("rest (also sleep)");
  expect(rightAnswerText(undefined)).toBe("not known");
});
