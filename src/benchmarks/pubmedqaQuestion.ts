import { titleOfAbstract } from "../corpus/readers/pubMedQa.ts";
import type { Question } from "../domain/question.ts";
import { asSeen } from "./asSeen.ts";
import type { PubMedQaRow } from "./pubmedqaRow.ts";

const decisions = ["yes", "no", "maybe"] as const;
const options = decisions.map((text, index) => ({ label: "ABC".charAt(index), text }));

/** The question of a row: yes, no or maybe, with the long answer as reference and its own abstract as what a search should find. */
export function questionOfRow(pubMedId: string, row: PubMedQaRow): Question {
  const right = options.find(({ text }) => text === row.final_decision);
  if (right === undefined) throw new RangeError(`unknown decision ${row.final_decision}`);
  return asSeen({
    id: `pubmedqa-${pubMedId}`,
    dataset: "pubmedqa",
    kind: "choice",
    text: row.QUESTION,
    options,
    context: row.CONTEXTS.join("\n"),
    answer: right.label,
    acceptedAnswers: [],
    partialAnswers: [],
    harmfulAnswers: [],
    references: row.LONG_ANSWER.trim() === "" ? [] : [{ answer: right.label, reasoning: row.LONG_ANSWER, graph: null }],
    goldTitles: [titleOfAbstract(pubMedId)],
    goldFacts: null,
    findings: [],
    cluster: pubMedId,
    tags: { decision: row.final_decision },
  });
}
