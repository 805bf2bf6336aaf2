/** What extensions import as "med-r3": the interfaces of parts, and pieces to make them of. */
export { z } from "zod";
export type { Part } from "../parts/part.ts";

export type { Algorithm, ScoredBatch, ScoredSample } from "../algorithms/algorithm.ts";
export { ClippedLossSettings, plannedClippedLoss, tokenMean } from "../algorithms/clippedLoss.ts";
export { byGroup, standardised } from "../algorithms/groups.ts";

export type { Engine, EngineCapabilities, OpenOptions } from "../engines/engine.ts";
export type { Policy, SampledSequence, SampleRequest, Tokenizer } from "../policy/port.ts";

export type { Environment, EnvironmentPart, ToolAnswer } from "../environments/environment.ts";

export type { CustomReward } from "../rewards/custom.ts";
export type { ScoringSubject } from "../rewards/subject.ts";

export type { Dataset } from "../domain/dataset.ts";
export type { Passage } from "../domain/passage.ts";
export { Question } from "../domain/question.ts";
export type { Task, TaskPart } from "../tasks/definition.ts";
