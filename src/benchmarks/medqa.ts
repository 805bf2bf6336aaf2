import { z } from "zod";
import type { AnswerOption, Question } from "../domain/question.ts";
import { choiceQuestion } from "./choiceQuestion.ts";
import { labelOf, readOptions } from "./answerOptions.ts";
import { placeOf } from "./places.ts";
import { sameWording } from "../graders/normalise.ts";
import { RowError, unlessWrong } from "./rejectedRows.ts";
import { readQuestions } from "./readQuestions.ts";
import type { OnReject } from "./rejectedRows.ts";
import { soleValue } from "./soleValue.ts";

/** One line of a MedQA file (jind11/MedQA, and the hub's copies): USMLE with 4 or 5 options, or Mainland China (MCMLE). */
const MedQaRow = z.object({
  question: z.string().min(1),
  options: z.unknown().optional(),
  answer: z.unknown().optional(),
  answer_idx: z.unknown().optional(),
  meta_info: z.string().nullish(),
});

const chinese = /\p{Script=Han}/u;

/** Questions of a MedQA file; tagged with their step. */
export function readMedQa(file: string, onReject: OnReject = () => undefined): Promise<Question[]> {
  return readQuestions([file], {
    schema: MedQaRow,
    onReject,
    toQuestion: ({ value: row, index }) => {
      const dataset = chinese.test(row.question) ? "medqa-mcmle" : "medqa-usmle";
      const options = readOptions(row.options);
      const answer =
        row.answer_idx === undefined || isPlace(row, options)
          ? labelOf(row.answer, options, "answer")
          : labelOf(row.answer_idx, options, "answer_idx");
      checkAgreement(row.answer, answer, options);
      return choiceQuestion({
        id: `${dataset}-${index}`,
        dataset,
        text: row.question,
        options,
        answer,
        tags: { step: row.meta_info },
      });
    },
  });
}

/** A number beside the answer's text, as some copies have it, says nothing that the text does not. */
function isPlace({ answer_idx: given, answer }: z.infer<typeof MedQaRow>, options: readonly AnswerOption[]): boolean {
  return answer !== undefined && placeOf(given, options) !== null;
}

/** A row that gives label and text must mean one option by both; an answer in other words than any option's says nothing. */
function checkAgreement(given: unknown, label: string, options: readonly AnswerOption[]): void {
  const text = String(soleValue(given));
  if (options.some((option) => option.label === label && sameWording(option.text, text))) return;
  const named = unlessWrong(() => labelOf(given, options, "answer"));
  if (named !== null && named !== label)
    throw new RowError(
      `answer_idx: ${label} is another option than the answer ${JSON.stringify(text.slice(0, 60))} (${named})`,
    );
}
