import { z } from "zod";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { warmStartStage } from "../configuration/stages.ts";
import { weighNothing } from "../configuration/rewardWeights.ts";
import type { PolicyAddress } from "../domain/address.ts";
import { describeWrongFields, namingKnown } from "../domain/wrongFields.ts";
import { Work, type NextWork } from "../schedules/work.ts";
import { schedules } from "../schedules/scheduleRegistry.ts";
import type { GateEvidence, Schedule, TrainedStage, TrainingHistory } from "../schedules/schedule.ts";
import { unofferedRewards } from "../tasks/offeredRewards.ts";
import { hashOf } from "../trajectories/canonical.ts";
import type { RunHistory } from "../trajectories/history.ts";
import { validationLossMetric } from "../training/demonstrationMetrics.ts";
import { learntTokensMetric } from "../training/stepMetrics.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { IterationRecord, ScheduleDecision } from "../trajectories/records.ts";
import { askPart } from "../parts/partFault.ts";
import { beyondBound } from "./iterationBound.ts";
import { observe } from "./observe.ts";
import { gateAt } from "./position.ts";
import { protocolProbePool } from "./protocolProbe.ts";
import { runStages, type RunStage } from "./runStages.ts";
import { warmStartWork, withoutWarmStart, type WarmStartEvidence } from "./warmStart.ts";

/** A schedule's answer that the run cannot follow; the message says why. */
export class ScheduleError extends Error {
  override readonly name = "ScheduleError";
}

/**
 * What the run's schedule wants next, at the end of the current branch: recorded before it is returned, and for an equal history
 * taken from the log. Throws ScheduleError.
 */
export async function decide(
  log: RunLog,
  configuration: RunConfiguration,
  pools: readonly string[],
): Promise<ScheduleDecision> {
  const history = await log.history();
  const branch = history.currentBranch;
  const step = history.stepsDone(branch);
  const schedule = schedules.create(configuration.schedule);
  const iterations = await log.readIterations(branch);
  const all = await trainingHistory({ log, history, iterations }, configuration, pools);
  const evidence = await warmStartEvidence({ log, history, iterations }, all);
  const warm = warmStartWork(configuration, evidence);
  const seen = {
    ...all,
    trained: withoutWarmStart(all.trained),
    ...(schedule.observes === true ? { observed: observe(iterations, await log.readEvaluations(branch)) } : {}),
  };
  const asked = hashOf(warm === null ? seen : evidence);
  const find = (now: RunHistory): ScheduleDecision | undefined =>
    now.decisions(branch).find((one) => one.step === step && one.asked === asked);
  const known = find(history);
  if (known !== undefined) return known;
  const { work, reason } =
    warm ??
    checked(
      schedule,
      askPart(called(configuration), () => schedule.next(seen)),
      seen,
      configuration,
    );
  const decision = { ...history.policy({ branch, step }), asked, work, reason };
  await log.appendDecision(decision);
  return find(await log.history()) ?? decision;
}

/** Records of the current branch. */
interface Taken {
  readonly log: RunLog;
  readonly history: RunHistory;
  readonly iterations: readonly IterationRecord[];
}

/** The trained stages as a schedule sees them. */
async function trainingHistory(
  { log, history, iterations }: Taken,
  { stages, gate }: RunConfiguration,
  pools: readonly string[],
): Promise<TrainingHistory> {
  const branch = history.currentBranch;
  const done = history.stepsDone(branch);
  const begun = runStages(history).filter(({ step }) => step < done);
  const trained = begun.map(async (stage, index): Promise<TrainedStage> => {
    const end = begun[index + 1]?.step ?? done;
    return {
      name: stage.name,
      iterations: end - stage.step,
      gate: evidenceOf(history, stage, end),
      extensionIterations: stage.gate?.extensionIterations ?? gate.extensionIterations,
      learntTokens: iterations
        .filter(({ step }) => step >= stage.step && step < end)
        .reduce((sum, { metrics }) => sum + (metrics[learntTokensMetric] ?? 0), 0),
      accuracies: await accuraciesAt(log, { branch, step: end }, pools),
    };
  });
  return { stages, trained: await Promise.all(trained) };
}

async function warmStartEvidence(
  { log, history, iterations }: Taken,
  { trained }: TrainingHistory,
): Promise<WarmStartEvidence> {
  const branch = history.currentBranch;
  const [first] = trained;
  const taken = first?.name === warmStartStage ? iterations.slice(0, first.iterations) : [];
  return {
    probe: await log.findEvaluation({ branch, step: 0 }, protocolProbePool),
    trained,
    losses: taken.flatMap(({ metrics }) => metrics[validationLossMetric] ?? []),
  };
}

function evidenceOf(history: RunHistory, stage: RunStage, end: number): GateEvidence | null {
  const gate = gateAt(history, stage.number, { branch: history.currentBranch, step: end });
  if (gate === null || gate.decision === "hold" || gate.decision === "reject") return null;
  const { decision, gain, low, high } = gate;
  return { decision, gain, low, high };
}

async function accuraciesAt(
  log: RunLog,
  address: PolicyAddress,
  pools: readonly string[],
): Promise<TrainedStage["accuracies"]> {
  const accuracies: Record<string, number | null> = {};
  for (const pool of pools) {
    const evaluation = await log.findEvaluation(address, pool);
    if (evaluation === null) return null;
    const graded = evaluation.results.filter(({ correct }) => correct !== null);
    accuracies[pool] =
      graded.length === 0 ? null : graded.filter(({ correct }) => correct === true).length / graded.length;
  }
  return accuracies;
}

function called({ schedule }: RunConfiguration): string {
  return `schedule "${schedule.name}"`;
}

const Answer = z.strictObject({ work: Work, reason: z.string().min(1).max(2000) });

/** Checks that the run can do what its schedule answered. */
function checked(
  { endsByItself }: Schedule,
  answer: unknown,
  { trained }: TrainingHistory,
  configuration: RunConfiguration,
): NextWork {
  const { rewards, data } = configuration;
  const refuse = (why: string): never => {
    throw new ScheduleError(`${called(configuration)} answered what cannot be done: ${why}`);
  };
  if (answer instanceof Promise) {
    // Nobody waits for it: its own failure must not end the process.
    answer.catch(() => undefined);
    return refuse("next gave a promise; it must not be async");
  }
  const parsed = Answer.safeParse(answer, { error: namingKnown });
  if (!parsed.success) return refuse(describeWrongFields(parsed.error));
  const { work } = parsed.data;
  const last = trained.at(-1);
  if (work.kind === "train") {
    const { name, rewards: weights } = work.stage;
    if (name === warmStartStage) refuse(`work.stage.name: "${name}" is the name of stage 0`);
    if (trained.some((stage) => stage.name === name)) refuse(`work.stage.name: stage "${name}" is trained already`);
    if (work.stage.learns !== "demonstrations" && rewards.custom.length === 0 && weighNothing(weights))
      refuse(`work.stage.rewards: stage "${name}" has no weight above 0`);
    for (const unoffered of unofferedRewards(data, weights))
      refuse(`work.stage.rewards.${unoffered.name}: ${unoffered.message}`);
  }
  const tooLong = endsByItself === true ? null : beyondBound(work, trained, configuration);
  if (tooLong !== null) refuse(`work: ${tooLong}`);
  if (work.kind === "extend" && last === undefined) refuse("work.kind: no stage is trained that could be extended");
  if (work.kind === "evaluate" && (last === undefined || last.accuracies !== null))
    refuse("work.kind: the policy is evaluated already");
  return parsed.data;
}
