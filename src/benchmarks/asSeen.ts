import { markedUpText } from "../corpus/readers/markup.ts";
import type { Question } from "../domain/question.ts";
import type { Triple } from "../domain/triple.ts";

/** A question with all its texts as a page shows them: characters for HTML's entities, raised digits for its tags; a literal "&" and unknown entities stay. */
export function asSeen(question: Question): Question {
  const all = (texts: readonly string[]): string[] => texts.map(markedUpText);
  return {
    ...question,
    text: markedUpText(question.text),
    ...(question.context !== undefined && { context: markedUpText(question.context) }),
    options: question.options.map((option) => ({ ...option, text: markedUpText(option.text) })),
    answer: markedUpText(question.answer),
    acceptedAnswers: all(question.acceptedAnswers),
    partialAnswers: all(question.partialAnswers),
    harmfulAnswers: all(question.harmfulAnswers),
    references: question.references.map((reference) => ({
      answer: markedUpText(reference.answer),
      reasoning: markedUpText(reference.reasoning),
      graph: reference.graph?.map(tripleAsSeen) ?? null,
    })),
    goldTitles: question.goldTitles === null ? null : all(question.goldTitles),
    goldFacts: question.goldFacts?.map(tripleAsSeen) ?? null,
    findings: all(question.findings),
  };
}

function tripleAsSeen(triple: Triple): Triple {
  const { head, relation, tail } = triple;
  return { ...triple, head: markedUpText(head), relation: markedUpText(relation), tail: markedUpText(tail) };
}
