import { rollBack } from "../src/curriculum/branches.ts";
import { decideGate, recordGateDecision, type GateInput } from "../src/evaluation/decideGate.ts";
import { stageStart } from "../src/curriculum/position.ts";
import { runStage } from "../src/curriculum/runStages.ts";
import type { OfRun } from "../src/domain/address.ts";
import type { Gate, SignedDecision } from "../src/domain/gate.ts";
import { didYouMean } from "../src/domain/nearest.mjs";
import type { RunLog } from "../src/trajectories/log.ts";
import { badInput } from "./failures.ts";
import type { Workspace } from "./workspace.ts";

export interface GateActivities {
  /** Compares two evaluated policies and records the decision; a decision recorded before for the same pair is returned as it is. */
  decideGate(input: OfRun<GateInput>): Promise<Gate>;
  /** Lets a stage that reached its gate train on, by going back to its end where later stages followed. */
  extendStage(extension: StageExtension): Promise<void>;
  /** Records what a person decided about an open gate. */
  recordGateDecision(input: OfRun<SignedDecision> & { readonly stage: number }): Promise<void>;
}

/** A stage of a run, at work or finished, that is to train on though its gate let it pass. */
export interface StageExtension {
  readonly run: string;
  /** By its name. */
  readonly stage: string;
  readonly name: string;
  readonly reason: string;
}

export function createGateActivities(workspace: Workspace): GateActivities {
  return {
    decideGate: async ({ run: name, ...gate }) => {
      const { log, configuration } = await workspace.run(name);
      return decideGate(log, configuration, gate);
    },
    extendStage: async ({ run: name, ...extension }) => extendStage((await workspace.run(name)).log, extension),
    recordGateDecision: async ({ run: name, ...request }) => {
      const { log } = await workspace.run(name);
      await recordOnce(log, request);
      if (request.decision !== "reject") return;
      const history = await log.history();
      await rollBack(log, stageStart(history, request.stage), {
        name: request.name,
        reason: `gate of stage ${runStage(history, request.stage).name} rejected: ${request.reason}`,
      });
    },
  };
}

async function extendStage(log: RunLog, { stage, name, reason }: Omit<StageExtension, "run">): Promise<void> {
  const history = await log.history();
  const branch = history.currentBranch;
  const gates = history.gates(branch);
  const gate = gates.findLast((one) => one.name === stage);
  if (gate === undefined) {
    const passed = [...new Set(gates.map((one) => one.name))];
    throw badInput(
      `extend.stage: stage ${stage} has not reached a gate on branch ${branch}; ${passed.length === 0 ? "none has" : `${passed.join(", ")} ${passed.length === 1 ? "has" : "have"}`}${didYouMean(stage, passed)}`,
    );
  }
  const { end } = gate;
  if (history.stepsDone(branch) > end.step)
    await rollBack(log, { branch, step: end.step }, { name, reason: `stage ${stage} extended: ${reason}` });
  await recordOnce(log, { stage: gate.stage, decision: "extend", name, reason });
}

/** An attempt that died after it recorded the decision must not record it twice. */
async function recordOnce(log: RunLog, request: SignedDecision & { readonly stage: number }): Promise<void> {
  const history = await log.history();
  const latest = history.gates(history.currentBranch).findLast((gate) => gate.stage === request.stage);
  const recorded =
    latest?.decision === request.decision &&
    latest.person?.name === request.name &&
    latest.person.reason === request.reason;
  if (!recorded) await recordGateDecision(log, request);
}
