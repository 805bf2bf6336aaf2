import { z } from "zod";
import { StepPlan } from "../../domain/step.ts";
import type { StepOutcome } from "../../domain/step.ts";
import { noUsage, Usage } from "../../domain/usage.ts";
import type { Row } from "../arrowRows.ts";
import { hashOf } from "../canonical.ts";
import { StepScores } from "../records.ts";
import type { Columns } from "./columns.ts";

/** Plan rows, written before a step is applied, and outcome rows, written afterwards. */
export const stepColumns = {
  kind: "text",
  branch: "text",
  step: "integer",
  stage: "integer",
  iteration: "integer",
  revision: "integer",
  planHash: "text",
  parentStateHash: "text",
  /** Outcome rows only. */
  stateHash: "text?",
  fingerprint: "text",
  learningRate: "number",
  /** Plan rows only: the whole plan, and the scores that it was made from. */
  plan: "json?",
  /** Outcome rows only: values by name. */
  metrics: "json?",
  /** Plan rows: usage of sampling and training. Outcome rows: seconds. */
  usage: "json",
} as const satisfies Columns;

export const StepIndexRow = z.object({
  kind: z.enum(["plan", "outcome"]),
  branch: z.string(),
  step: z.number(),
  stage: z.number(),
  iteration: z.number(),
  revision: z.number(),
  planHash: z.string(),
  stateHash: z.string().nullable(),
  fingerprint: z.string(),
  usage: z.string().transform((text) => Usage.parse(JSON.parse(text))),
});

/** What a plan's cell holds. */
export const PlanCell = z.object({ plan: StepPlan, scored: StepScores });

/** The row of a plan, with its scores and the usage of sampling and training. */
export function planRow(plan: StepPlan, scored: StepScores, usage: Usage): Row {
  return {
    kind: "plan",
    ...commonCells(plan),
    stateHash: null,
    plan: JSON.stringify({ plan, scored }),
    metrics: null,
    usage: JSON.stringify(usage),
  };
}

/** The row of what applying a plan led to. */
export function outcomeRow(plan: StepPlan, outcome: StepOutcome): Row {
  return {
    kind: "outcome",
    ...commonCells(plan),
    fingerprint: outcome.fingerprint,
    stateHash: outcome.stateHash,
    plan: null,
    metrics: JSON.stringify(outcome.metrics),
    usage: JSON.stringify({ ...noUsage, seconds: secondsOf(outcome.metrics) }),
  };
}

/** Seconds of all parts of the iteration. */
function secondsOf(metrics: StepOutcome["metrics"]): number {
  return Object.entries(metrics).reduce((sum, [name, value]) => (name.startsWith("timing_s/") ? sum + value : sum), 0);
}

function commonCells(plan: StepPlan): Row {
  const { branch, step, stage, iteration, revision, parentStateHash, fingerprint } = plan;
  return {
    branch,
    step,
    stage,
    iteration,
    revision,
    planHash: hashOf(plan),
    parentStateHash,
    fingerprint,
    learningRate: plan.optimizer.learningRate,
  };
}
