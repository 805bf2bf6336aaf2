/** What extensions import as "med-r3": the interfaces of parts, and pieces to make them of. */
export { z } from "zod";
export type { Part } from "../parts/part.ts";

export type { Algorithm, ScoredBatch, ScoredSample } from "../algorithms/algorithm.ts";
export { ClippedLossSettings, plannedClippedLoss, tokenMean } from "../algorithms/clippedLoss.ts";
export { byGroup, standardised } from "../algorithms/groups.ts";

export { enginePortVersion, type Engine, type EngineCapabilities, type OpenOptions } from "../engines/engine.ts";
export { folderEngine } from "../engines/folders/folderEngine.ts";
export { uniformAt } from "../domain/seed.ts";
export { sampleToken } from "../policy/sampleToken.ts";
export type { FolderPolicy } from "../policy/folderPolicy.ts";
export { emptyMetrics } from "../policy/forwardBackwardMetrics.ts";
export { loadTokenizer } from "../policy/tokenizer.ts";
export type { Policy, SampledSequence, SampleRequest, Tokenizer } from "../policy/port.ts";

export type { Environment, EnvironmentPart, ToolAnswer } from "../environments/environment.ts";

export { inOrder } from "../schedules/inOrder.ts";
export type { NextWork } from "../schedules/work.ts";
export type { Schedule, TrainedStage, TrainingHistory } from "../schedules/schedule.ts";
export type { Metrics, Observation, Observed } from "../schedules/observation.ts";

export type { CustomReward } from "../rewards/custom.ts";
export type { ScoringSubject } from "../rewards/subject.ts";

export type { Dataset } from "../domain/dataset.ts";
export { englishText, vocabularyText } from "../corpus/corpusSettings.ts";
export type { Passage } from "../domain/passage.ts";
export { Question } from "../domain/question.ts";
export type { Task, TaskPart } from "../tasks/taskDefinition.ts";
