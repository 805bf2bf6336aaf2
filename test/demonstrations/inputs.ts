import type { SourceInputs } from "../../src/demonstrations/sourceInputs.ts";
import { gatherDemonstrations } from "../../src/demonstrations/gatherDemonstrations.ts";
import type { DemonstrationSettings } from "../../src/configuration/warmStart.ts";
import type { Question } from "../../src/domain/question.ts";
import type { Tokenizer } from "../../src/policy/port.ts";
import { contextOf, questionOf } from "./context.ts";

/** Questions of as many illnesses, each with one right remedy and a reference. */
export function trainingQuestions(count: number): Question[] {
  return Array.from({ length: count }, (_, index) =>
    questionOf({
      id: `q${index}`,
      text: `What helps against the ${index} illness of the ${index} kind?`,
      cluster: `q${index}`,
      references: [{ answer: "A", reasoning: `Illness ${index} wants rest. It goes by itself.`, graph: null }],
    }),
  );
}

export function inputsOf(tokenizer: Tokenizer, changes: Partial<SourceInputs> = {}): SourceInputs {
  return {
    ...contextOf(tokenizer),
    dataset: { training: trainingQuestions(6), validation: [], evaluation: [] },
    seed: 1,
    rollout: { questions: 2, samples: 2, temperature: 1, topP: 1, topK: 0, maxResponseTokens: 1000 },
    ...changes,
  };
}

/** Gathers from one source. */
export function gatherFrom(source: DemonstrationSettings, count: number, inputs: SourceInputs) {
  return gatherDemonstrations({ demonstrations: [source], count }, inputs);
}
