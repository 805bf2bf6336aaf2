import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { choiceQuestion } from "./choiceQuestion.ts";
import { labelOf, readOptions } from "./answerOptions.ts";
import { readQuestions } from "./readQuestions.ts";
import type { OnReject } from "./rejectedRows.ts";

/** One line of MedXpertQA (TsinghuaC3I/MedXpertQA), Text subset: ten options. Unverified: written from the published card. */
const MedXpertQaRow = z.object({
  id: z.string().min(1),
  question: z.string().min(1),
  options: z.unknown().optional(),
  label: z.unknown().optional(),
  medical_task: z.string().nullish(),
  body_system: z.string().nullish(),
  question_type: z.string().nullish(),
});

/** Questions of a MedXpertQA file. The published question text repeats its options; they are taken off. */
export function readMedXpertQa(file: string, onReject: OnReject = () => undefined): Promise<Question[]> {
  return readQuestions([file], {
    schema: MedXpertQaRow,
    onReject,
    toQuestion: ({ value: row }) => {
      const text = row.question.replace(/\s*Answer Choices:[\s\S]*$/, "");
      const options = readOptions(row.options);
      const tags = { subject: row.body_system, step: row.medical_task, questionType: row.question_type };
      return choiceQuestion({
        id: `medxpertqa-${row.id}`,
        dataset: "medxpertqa",
        text,
        options,
        answer: labelOf(row.label, options, "label"),
        tags,
      });
    },
  });
}
