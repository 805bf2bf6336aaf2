import type { RunConfiguration } from "../configuration/configuration.ts";
import { warmStartStage } from "../configuration/stages.ts";
import { engineOf } from "../configuration/policy.ts";
import { schedulesDemonstrations } from "../schedules/outlineOf.ts";
import type { TrainedStage } from "../schedules/schedule.ts";
import type { NextWork } from "../schedules/work.ts";
import type { EvaluationRecord } from "../trajectories/records.ts";
import { formatShareOf, probesProtocol } from "./protocolProbe.ts";

/** What the decision about a warm start depends on, beside the configuration. */
export interface WarmStartEvidence {
  /** What the protocol probe found; null where it was not asked. */
  readonly probe: Pick<EvaluationRecord, "results"> | null;
  /** Stages begun, oldest first. */
  readonly trained: readonly TrainedStage[];
  /** Held-out losses of the first stage, oldest first. */
  readonly losses: readonly number[];
}

/**
 * What a warm start still needs before the schedule is asked, with the reason; null where it needs nothing or is not
 * wanted.
 */
export function warmStartWork(configuration: RunConfiguration, evidence: WarmStartEvidence): NextWork | null {
  const { trained } = evidence;
  const [first] = trained;
  if (first === undefined) return begin(configuration, evidence);
  if (first.name !== warmStartStage || trained.length > 1) return null;
  return goOn(configuration, first, evidence) ?? evaluateOnce(first);
}

/** The stages without the warm start, which the schedule did not decide. */
export function withoutWarmStart<Stage extends { readonly name: string }>(stages: readonly Stage[]): readonly Stage[] {
  return stages.filter(({ name }) => name !== warmStartStage);
}

/** Whether a run may have a warm start at all: the SFT baseline learns from the same demonstrations already, and some engines compute no cross-entropy. */
export function mayWarmUp({ warmStart, schedule, stages, policy }: RunConfiguration): boolean {
  const computes = engineOf(policy).capabilities.losses.includes("cross-entropy");
  return computes && warmStart.when !== "off" && !schedulesDemonstrations({ schedule, stages });
}

function begin(configuration: RunConfiguration, { probe }: WarmStartEvidence): NextWork | null {
  const reason = mayWarmUp(configuration) ? whyWanted(configuration, probe) : null;
  const { iterations, every } = configuration.warmStart;
  const stage = {
    name: warmStartStage,
    iterations: Math.min(iterations, every),
    rewards: {},
    learns: "demonstrations" as const,
    gate: null,
  };
  return reason === null ? null : { work: { kind: "train", stage }, reason };
}

function whyWanted(configuration: RunConfiguration, probe: WarmStartEvidence["probe"]): string | null {
  const { when, minimumFormatShare } = configuration.warmStart;
  const share = probe === null ? null : formatShareOf(probe);
  const found = share === null ? "" : `${percent(share)} of the protocol probe's answers are in the protocol`;
  if (when === "on") return `warmStart.when is "on"${found === "" ? "" : `; ${found}`}`;
  if (share === null || !probesProtocol(configuration) || share >= minimumFormatShare) return null;
  return `${found}, less than ${percent(minimumFormatShare)}`;
}

/** Extended for as long as the held-out loss falls; without any held out it takes all its iterations. */
function goOn(
  { warmStart: { iterations, every, minimumGain } }: RunConfiguration,
  { iterations: done }: TrainedStage,
  { losses }: WarmStartEvidence,
): NextWork | null {
  const [before, last] = losses.slice(-2);
  if (done >= iterations) return null;
  if (before !== undefined && last !== undefined && !(last < before * (1 - minimumGain))) return null;
  const loss = losses.at(-1);
  return {
    work: { kind: "extend", iterations: Math.min(every, iterations - done) },
    reason:
      loss === undefined
        ? `${done} of ${iterations} iterations are done`
        : `the held-out loss is ${loss.toFixed(4)} nats a token${last === undefined || before === undefined ? "" : ` after ${before.toFixed(4)}`}`,
  };
}

function evaluateOnce({ accuracies, iterations }: TrainedStage): NextWork | null {
  return accuracies === null
    ? { work: { kind: "evaluate" }, reason: `the warm start ended after ${iterations} iterations` }
    : null;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
