import type { Question } from "../domain/question.ts";
import { choiceQuestion, labelOptions, optionLabel } from "./choiceQuestion.ts";
import { countedFrom } from "./medmcqaCounting.ts";
import type { Counted } from "./medmcqaCounting.ts";
import { MedMcqaRow } from "./medmcqaRow.ts";
import { readQuestions } from "./readQuestions.ts";
import { RowError, UnlabelledRowError } from "./rejectedRows.ts";
import type { OnReject } from "./rejectedRows.ts";

/**
 * Questions of a MedMCQA file; the explanation becomes the reference, subject, topic and type are tags. Throws where the file
 * does not show whether its options are counted from 0 or from 1.
 */
export async function readMedMcqa(file: string, onReject: OnReject = () => undefined): Promise<Question[]> {
  const counted = await countedFrom(file);
  return readQuestions([file], {
    schema: MedMcqaRow,
    onReject,
    toQuestion: ({ value: row }) => {
      const options = labelOptions([row.opa, row.opb, row.opc, row.opd]);
      const tags = { subject: row.subject_name, topic: row.topic_name, questionType: row.choice_type };
      return choiceQuestion({
        id: `medmcqa-${row.id}`,
        dataset: "medmcqa",
        text: row.question,
        options,
        answer: rightLabel(row.cop, counted),
        explanation: row.exp ?? null,
        tags,
      });
    },
  });
}

const doubt =
  ", which it does not show: in a part of the hub's copy, which counts from 0, this row's answer is A and every other one option further; read a larger part";

function rightLabel(cop: number | string | undefined, { first, isShown }: Counted): string {
  if (typeof cop === "string") return cop;
  if (cop === undefined || cop === -1 || cop < first)
    throw new UnlabelledRowError(
      `cop: the row has no answer (${cop ?? "none"}, in a file read as counting options from ${first}${isShown ? "" : doubt})`,
    );
  if (cop > first + 3) throw new RowError(`cop: ${cop} is no option of a file that counts from ${first}`);
  return optionLabel(cop - first);
}
