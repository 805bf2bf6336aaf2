import type { RunLog } from "../trajectories/log.ts";
import { GateConfiguration } from "../configuration/gateSettings.ts";
import type { PolicyAddress } from "../domain/address.ts";
import type { Gate, SignedDecision } from "../domain/gate.ts";
import type { EvaluationRecord, QuestionResult } from "../trajectories/records.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { extensionsOf, gateAt } from "../curriculum/position.ts";
import { runStage } from "../curriculum/runStages.ts";
import { validationPool } from "../curriculum/questions.ts";
import { pairedBootstrap } from "./statistics.ts";
import type { ClusteredValue, Interval } from "./statistics.ts";

/** The stage by its number, and the policies before and after it. */
export type GateInput = Pick<Gate, "stage" | "start" | "end">;

/**
 * Decides whether a stage's policy goes on (docs/architecture.md#gates): compares it with the one the stage began with on validation
 * questions that both have answered, and appends evidence and decision. A decision about the same policy is kept.
 */
export async function decideGate(
  log: RunLog,
  configuration: RunConfiguration,
  { stage, start, end }: GateInput,
): Promise<Gate> {
  const history = await log.history();
  const known = gateAt(history, stage, end);
  if (known !== null) return known;
  const [before, after] = [await evaluationOf(log, start), await evaluationOf(log, end)];
  const { name, gate: own } = runStage(history, stage);
  const settings = GateConfiguration.parse({ ...configuration.gate, ...own });
  const { gain, questions, ungraded } = await compare(before, after, settings.confidence);
  const decision = judge(gain, settings, extensionsOf(history, stage));
  const gate: Gate = {
    stage,
    name,
    start: history.policy(start),
    end: history.policy(end),
    decision,
    gain: gain.mean,
    low: gain.low,
    high: gain.high,
    questions,
    message: `${explain(decision, gain, settings)}${ungraded === 0 ? "" : `; ${ungraded} answers that could not be graded were left out`}`,
    person: null,
  };
  await log.appendGate(gate);
  return gate;
}

/** Records what a person decided about the stage's latest gate, beside the gate's own evidence. */
export async function recordGateDecision(
  log: RunLog,
  { stage, decision, name, reason }: SignedDecision & { readonly stage: number },
): Promise<void> {
  const history = await log.history();
  const latest = history.gates(history.currentBranch).findLast((gate) => gate.stage === stage);
  if (latest === undefined) throw new RangeError(`stage ${stage} has not reached its gate`);
  await log.appendGate({ ...latest, decision, person: { name, reason }, message: `${decision} by ${name}: ${reason}` });
}

/** The decision of a gate about a gain. */
function judge({ mean, low }: Interval, gate: GateConfiguration, extensions: number): Gate["decision"] {
  // Whoever accepts a loss accepts no gain too; for all others a gain that reads 0.0 points is none.
  const gained = gate.minimumGain < 0 || Math.round(1000 * mean) > 0;
  if (low >= gate.minimumGain && gained) return "promote";
  return extensions < gate.maximumExtensions ? "extend" : gate.otherwise;
}

interface Comparison {
  readonly gain: Interval;
  readonly questions: number;
  /** Pairs of answers that a judge failed on, on either side: neither right nor wrong. */
  readonly ungraded: number;
}

async function compare(before: EvaluationRecord, after: EvaluationRecord, confidence: number): Promise<Comparison> {
  const earlier = new Map(before.results.map((result) => [resultKey(result), result]));
  const pairs = after.results.flatMap((result) => {
    const pair = earlier.get(resultKey(result));
    return pair === undefined ? [] : [[pair, result] as const];
  });
  const graded = pairs.filter((pair) => pair.every(({ correct }) => correct !== null));
  if (graded.length === 0)
    throw new RangeError(
      `the two policies have no validation question in common that could be graded (${pairs.length} could not)`,
    );
  const values = (side: 0 | 1): ClusteredValue[] =>
    graded.map((pair) => ({ cluster: pair[side].cluster, value: pair[side].correct === true ? 1 : 0 }));
  return {
    gain: await pairedBootstrap(values(0), values(1), { confidence }),
    questions: new Set(graded.map(([, { questionId }]) => questionId)).size,
    ungraded: pairs.length - graded.length,
  };
}

function resultKey({ questionId, sample }: QuestionResult): string {
  return JSON.stringify([questionId, sample]);
}

async function evaluationOf(log: RunLog, address: PolicyAddress): Promise<EvaluationRecord> {
  const evaluation = await log.findEvaluation(address, validationPool);
  if (evaluation === null)
    throw new Error(
      `the policy before step ${address.step} of branch "${address.branch}" has not answered the ${validationPool} questions yet`,
    );
  return evaluation;
}

function explain(decision: Gate["decision"], { mean, low, high }: Interval, gate: GateConfiguration): string {
  const points = (share: number): string => (100 * share).toFixed(1);
  const evidence = `gain ${points(mean)} points (${Math.round(100 * gate.confidence)} % interval ${points(low)} to ${points(high)}), ${gate.minimumGain <= -1 ? "any is taken: a look" : `wanted at least ${points(gate.minimumGain)}`}`;
  const consequence = {
    promote: "promoted",
    extend: "extended",
    flag: "flagged, the run goes on",
    hold: "held for a person",
    approve: "approved",
    reject: "rejected",
  }[decision];
  return `${evidence}: ${consequence}`;
}
