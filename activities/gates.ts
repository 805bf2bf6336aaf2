import { rollBack } from "../src/curriculum/branches.ts";
import { decideGate, recordGateDecision, type PersonsDecision } from "../src/curriculum/gate.ts";
import { stageStart } from "../src/curriculum/position.ts";
import type { RunLog } from "../src/trajectories/log.ts";
import type { GateRecord } from "../src/trajectories/records.ts";
import { badInput } from "./failures.ts";
import type { Workspace } from "./workspace.ts";
import type { PolicyAddress } from "./position.ts";

/** What a gate found and decided; `message` says it in one line. */
export interface GateVerdict {
  readonly decision: GateRecord["decision"];
  /** Gain in accuracy on validation questions, with its interval (shares). */
  readonly gain: number;
  readonly low: number;
  readonly high: number;
  readonly message: string;
}

export interface GateActivities {
  /** Compares two evaluated policies and records the decision; a decision recorded before for the same pair is returned as it is. */
  decideGate(input: {
    readonly run: string;
    readonly stage: number;
    readonly start: PolicyAddress;
    readonly end: PolicyAddress;
  }): Promise<GateVerdict>;
  /** Lets a stage that reached its gate train on, by going back to its end where later stages followed. */
  extendStage(extension: StageExtension): Promise<void>;
  /** Records what a person decided about an open gate. */
  recordGateDecision(input: {
    readonly run: string;
    readonly stage: number;
    readonly decision: "approve" | "extend" | "reject";
    readonly name: string;
    readonly reason: string;
  }): Promise<void>;
}

/** A stage of a run, at work or finished, that is to train on though its gate let it pass. */
export interface StageExtension {
  readonly run: string;
  readonly stage: number;
  readonly name: string;
  readonly reason: string;
}

export function createGateActivities(workspace: Workspace): GateActivities {
  return {
    decideGate: async ({ run: name, ...gate }) => {
      const { log, configuration } = await workspace.run(name);
      return verdictOf(await decideGate(log, configuration, gate));
    },
    extendStage: async ({ run: name, ...extension }) => extendStage((await workspace.run(name)).log, extension),
    recordGateDecision: async ({ run: name, ...request }) => {
      const { log } = await workspace.run(name);
      await recordOnce(log, request);
      if (request.decision !== "reject") return;
      const history = await log.history();
      await rollBack(log, stageStart(history, request.stage), {
        name: request.name,
        reason: `gate of stage ${request.stage} rejected: ${request.reason}`,
      });
    },
  };
}

async function extendStage(log: RunLog, { stage, name, reason }: Omit<StageExtension, "run">): Promise<void> {
  const history = await log.history();
  const branch = history.currentBranch;
  const end = history.gates(branch).findLast((gate) => gate.stage === stage)?.end;
  if (end === undefined) throw badInput(`extend.stage: stage ${stage} has not reached its gate on branch ${branch}`);
  if (history.stepsDone(branch) > end.step)
    await rollBack(log, { branch, step: end.step }, { name, reason: `stage ${stage} extended: ${reason}` });
  await recordOnce(log, { stage, decision: "extend", name, reason });
}

/** An attempt that died after it recorded the decision must not record it twice. */
async function recordOnce(log: RunLog, request: PersonsDecision): Promise<void> {
  const history = await log.history();
  const latest = history.gates(history.currentBranch).findLast((gate) => gate.stage === request.stage);
  const recorded =
    latest?.decision === request.decision &&
    latest.person?.name === request.name &&
    latest.person.reason === request.reason;
  if (!recorded) await recordGateDecision(log, request);
}

/** What crosses to workflows of a gate's record. */
export function verdictOf({ decision, gain, low, high, message }: GateRecord): GateVerdict {
  return { decision, gain, low, high, message };
}
