import { rollBack } from "../src/curriculum/branches.ts";
import { decideGate, recordGateDecision, type PersonsDecision } from "../src/curriculum/gate.ts";
import { stageStart } from "../src/curriculum/position.ts";
import type { RunLog } from "../src/trajectories/log.ts";
import type { GateRecord } from "../src/trajectories/records.ts";
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
  decideGate(input: { readonly run: string; readonly stage: number; readonly start: PolicyAddress; readonly end: PolicyAddress }): Promise<GateVerdict>;
  /** Records what a person decided about an open gate. */
  recordGateDecision(input: { readonly run: string; readonly stage: number; readonly decision: "approve" | "extend" | "reject"; readonly name: string; readonly reason: string }): Promise<void>;
}

export function createGateActivities(workspace: Workspace): GateActivities {
  return {
    decideGate: async ({ run: name, ...gate }) => {
      const { log, configuration } = await workspace.run(name);
      return verdictOf(await decideGate(log, configuration, gate));
    },
    recordGateDecision: async ({ run: name, ...request }) => {
      const { log } = await workspace.run(name);
      await recordOnce(log, request);
      if (request.decision !== "reject") return;
      const history = await log.history();
      await rollBack(log, stageStart(history, request.stage), { name: request.name, reason: `gate of stage ${request.stage} rejected: ${request.reason}` });
    },
  };
}

/** An attempt that died after it recorded the decision must not record it twice. */
async function recordOnce(log: RunLog, request: PersonsDecision): Promise<void> {
  const history = await log.history();
  const latest = history.gates(history.currentBranch).findLast((gate) => gate.stage === request.stage);
  const recorded = latest?.decision === request.decision && latest.person?.name === request.name && latest.person.reason === request.reason;
  if (!recorded) await recordGateDecision(log, request);
}

/** What crosses to workflows of a gate's record. */
export function verdictOf({ decision, gain, low, high, message }: GateRecord): GateVerdict {
  return { decision, gain, low, high, message };
}
