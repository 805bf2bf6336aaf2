import { localExtractor } from "../src/tasks/localExtractor.ts";
import type { Question } from "../src/domain/question.ts";
import { passagesRead } from "../src/domain/toolCall.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import { parseResponse } from "../src/protocol/grammar.ts";
import { fetchPassages, type ScoringSources } from "../src/rewards/prepare.ts";
import { extractWithModel } from "../src/services/modelExtractor.ts";
import { withRunModel } from "./languageModels.ts";
import type { OpenRun } from "./workspace.ts";

/**
 * Prepares the extractor of knowledge graphs that the run's setting `extractor` names. A language model is asked about
 * all texts here, once.
 */
export async function extraction(
  run: OpenRun,
  trajectories: readonly Trajectory[],
  questions: readonly Question[],
): Promise<Pick<ScoringSources, "extractor" | "readReferences">> {
  const { extractor } = run.configuration;
  if (extractor.kind !== "model") return localExtractor(extractor, run.dataset);
  const texts = await textsToRead(run, trajectories, questions);
  return {
    extractor: await withRunModel(run, extractor.model, (model) => extractWithModel(model, texts)),
    readReferences: true,
  };
}

/**
 * Texts to extract graphs from: the thinking of valid responses, retrieved passages, and references without a graph in
 * the data.
 */
async function textsToRead(
  run: OpenRun,
  trajectories: readonly Trajectory[],
  questions: readonly Question[],
): Promise<string[]> {
  const asked = new Set(trajectories.map(({ questionId }) => questionId));
  const thinking = trajectories
    .map(({ text }) => parseResponse(text, run.environment.tags))
    .flatMap((response) => (response.formatValid ? [response.thinking] : []));
  const passages = await fetchPassages(trajectories, await run.corpus());
  const read = trajectories.flatMap(({ calls }) => passagesRead(calls, passages));
  const references = questions.flatMap((question) =>
    asked.has(question.id) ? question.references.filter(({ graph }) => graph === null) : [],
  );
  const texts = [...thinking, ...read.map(({ text }) => text), ...references.map(({ reasoning }) => reasoning)];
  return [...new Set(texts)].filter((text) => text.trim() !== "");
}
