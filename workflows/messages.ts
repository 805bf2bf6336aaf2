import { defineQuery, defineSignal, defineUpdate } from "@temporalio/workflow";
import { z } from "zod";
import { mostSteps } from "../src/configuration/bounds.ts";
import { approvedLimits } from "../src/configuration/cost.ts";
import { RewardWeights } from "../src/configuration/rewardWeights.ts";
import { StageName } from "../src/configuration/stages.ts";
import { PersonsDecision, type Gate } from "../src/domain/gate.ts";
import type { CheckpointSummary } from "../activities/overview.ts";
import type { RunProgress, StageProgress } from "../src/domain/progress.ts";

/** Everything a person sends with arguments is an update, which a validator can refuse; signals have none (docs/architecture.md#gates). */
export const pauseSignal = defineSignal("pause");
export const resumeSignal = defineSignal("resume");
/** Sent by a stage to its curriculum. */
export const stageProgressSignal = defineSignal<[StageProgress]>("stageProgress");

const Person = z.string().trim().min(1, "say who you are").max(200);
const Reason = z.string().trim().min(1, "say why").max(2000);
const signed = { name: Person, reason: Reason };

export const GateDecisionRequest = z.strictObject({ decision: PersonsDecision, ...signed });
export type GateDecisionRequest = z.infer<typeof GateDecisionRequest>;

export const RollBackRequest = z.strictObject({
  branch: z.string().min(1).max(100),
  step: z
    .number()
    .int()
    .min(0)
    .max(...mostSteps),
  ...signed,
});
export type RollBackRequest = z.infer<typeof RollBackRequest>;

/** A stage that passed its gate trains on by `gate.extensionIterations`; later stages are trained anew after it. */
export const ExtendRequest = z.strictObject({ stage: StageName, ...signed });
export type ExtendRequest = z.infer<typeof ExtendRequest>;

export const ChangeSettingsRequest = z
  .strictObject({
    learningRate: z.number().positive().max(1).optional(),
    rewards: RewardWeights.optional(),
    ...signed,
  })
  .refine((request) => request.learningRate !== undefined || request.rewards !== undefined, {
    message: "give learningRate or rewards",
    path: ["learningRate"],
  });
export type ChangeSettingsRequest = z.infer<typeof ChangeSettingsRequest>;

/** New limits of the budget, in place of those before; what is left out stays. */
export const ApproveBudgetRequest = z
  .strictObject({ ...approvedLimits, ...signed })
  .refine(({ tokens, money, hours }) => tokens !== undefined || money !== undefined || hours !== undefined, {
    message: "give tokens, money or hours",
    path: ["tokens"],
  });
export type ApproveBudgetRequest = z.infer<typeof ApproveBudgetRequest>;

/** Retry and abort need no words; a stray argument is refused. */
export const NoRequest = z.strictObject({}).nullish();
export type NoRequest = z.infer<typeof NoRequest>;

export const decideGateUpdate = defineUpdate<string, [GateDecisionRequest]>("decideGate");
export const approveBudgetUpdate = defineUpdate<string, [ApproveBudgetRequest]>("approveBudget");
export const rollBackUpdate = defineUpdate<string, [RollBackRequest]>("rollBack");
export const changeSettingsUpdate = defineUpdate<string, [ChangeSettingsRequest]>("changeSettings");
export const retryUpdate = defineUpdate<string, [NoRequest?]>("retry");
export const abortUpdate = defineUpdate<string, [NoRequest?]>("abort");

export const progressQuery = defineQuery<RunProgress>("progress");
export const checkpointsQuery = defineQuery<readonly CheckpointSummary[]>("checkpoints");
export const gateEvidenceQuery = defineQuery<readonly Gate[]>("gateEvidence");
