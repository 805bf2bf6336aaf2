import { noPassages } from "../corpus/noPassages.ts";
import type { TextEmbedder } from "../domain/embedding.ts";
import type { Question, Reference } from "../domain/question.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import type { TripleExtractor } from "../domain/triple.ts";
import { stageWeights } from "../configuration/stageWeights.ts";
import { plainTags } from "../protocol/tags.ts";
import { prepareSubjects } from "./prepare.ts";
import { scoreTrajectory } from "./score.ts";

/** Rewards for which a reference, given as the response, must score full marks (where they can be scored). */
const provable = ["answer", "logical", "statistical", "semantic"];
const tolerance = 1e-9;

/** Shows that each of a question's references, given as the response, scores full marks; returns what does not, empty when all is proved. */
export async function proveReferences(
  question: Question,
  sources: { readonly extractor: TripleExtractor | null; readonly embedder: TextEmbedder },
): Promise<string[]> {
  if (question.references.length === 0) return ["it has no reference"];
  const responses = question.references.map((reference) => ({ trajectory: referenceTrajectory(question, reference) }));
  const subjects = await prepareSubjects(responses, {
    questions: [question],
    passages: noPassages,
    maxResponseTokens: 1,
    tags: plainTags,
    ...sources,
  });
  return subjects.flatMap((subject, index) => {
    const { values } = scoreTrajectory(subject, stageWeights.reasoner);
    if (values["format"] !== 1) return [`reference ${index + 1} breaks the format when given as a response`];
    return provable.flatMap((name) => {
      const value = values[name] ?? null;
      return value !== null && value < 1 - tolerance
        ? [`reference ${index + 1} scores ${value.toFixed(3)} of 1 for ${name}`]
        : [];
    });
  });
}

/** The response that a reference stands for. */
export function referenceResponse(reference: Reference): string {
  return `<think> ${reference.reasoning} </think> <answer> ${reference.answer} </answer>`;
}

function referenceTrajectory(question: Question, reference: Reference): Trajectory {
  return {
    branch: "reference",
    stage: 0,
    iteration: 0,
    questionId: question.id,
    sample: 0,
    promptTokens: [],
    segments: [],
    text: referenceResponse(reference),
    calls: [],
    stopReason: "end",
  };
}
