import type { Passage } from "../../domain/passage.ts";
import type { Question } from "../../domain/question.ts";
import { plainPrompt, type ChoicePrompt } from "../../benchmarks/harnessForms/form.ts";
import { harnessForms } from "../../benchmarks/harnessForms/forms.ts";

/** The prompt of lm-evaluation-harness for the question's data set; a form of our own where the harness has none. */
export function choicePrompt(question: Question, passages: readonly Passage[] = []): ChoicePrompt {
  const documents = passages.map(({ text }) => text).join("\n");
  return (harnessForms.get(question.dataset)?.prompt ?? plainPrompt)(question, documents);
}

/**
 * Whether the harness asks these questions in these words, so that its figures can be compared with ours. Questions behind
 * documents are asked in a form of our own.
 */
export function asHarness(questions: readonly Question[]): boolean {
  return questions.every((question) => harnessForms.get(question.dataset)?.has(question) === true);
}
