import type { PolicyAddress, StepAddress } from "../domain/address.ts";
import type { Gate } from "../domain/gate.ts";
import type { Usage } from "../domain/usage.ts";
import type { Checkpoint } from "../domain/step.ts";
import type { BranchRecord, ScheduleDecision, SettingsChange } from "./records.ts";

/** A plan as the history knows it; the whole plan is read from the log. */
export interface PlanEntry extends StepAddress {
  readonly revision: number;
  readonly hash: string;
  /** Of its row in table `steps`. */
  readonly rowId: number;
  /** What sampling its trajectories took and training on them takes. */
  readonly usage: Usage;
}

/** What applying a plan led to. */
export interface OutcomeEntry extends StepAddress {
  readonly planHash: string;
  readonly stateHash: string;
  /** Of the engine that applied the plan. */
  readonly fingerprint: string;
  /** Of its row in table `steps`. */
  readonly rowId: number;
  /** The seconds that the iteration took. */
  readonly usage: Usage;
}

/** The state of a run. Addresses may name any branch; records of its ancestry are found by them. */
export interface RunHistory {
  /** The branch opened last; "main" at first. */
  readonly currentBranch: string;
  readonly branches: readonly BranchRecord[];
  /** Resolves a policy to the branch that owns it: a policy up to a fork is the parent's. */
  policy(address: PolicyAddress): PolicyAddress;
  /** Resolves a step to the branch on which it was taken. */
  step(address: PolicyAddress): PolicyAddress;
  plan(address: PolicyAddress): PlanEntry | null;
  outcome(address: PolicyAddress): OutcomeEntry | null;
  /** Number of steps taken on the branch's ancestry without a gap. Training continues from the policy after them. */
  stepsDone(branch: string): number;
  /** Recorded snapshots of the policies up to an address in its ancestry, newest first. */
  checkpoints(address: PolicyAddress): readonly Checkpoint[];
  /** Gate decisions on a branch's ancestry, oldest first. */
  gates(branch: string): readonly Gate[];
  /** Changes that hold for the step at an address, oldest first. */
  settings(address: PolicyAddress): readonly SettingsChange[];
  /** Decisions of the schedule on a branch's ancestry, oldest first; of two about one history the first counts. */
  decisions(branch: string): readonly ScheduleDecision[];
}

/** What the tables hold, in table order. */
export interface HistoryRecords {
  readonly branches: readonly BranchRecord[];
  /** By `addressKey`. */
  readonly plans: ReadonlyMap<string, readonly PlanEntry[]>;
  readonly outcomes: ReadonlyMap<string, OutcomeEntry>;
  readonly checkpoints: readonly Checkpoint[];
  readonly gates: readonly Gate[];
  readonly settings: readonly SettingsChange[];
  readonly decisions: readonly ScheduleDecision[];
}

export const firstBranch: BranchRecord = {
  name: "main",
  parent: null,
  forkStep: 0,
  cause: "start",
  stage: null,
  reason: "start of the run",
  learningRateFactor: 1,
};

/** Key of a policy's address in maps. */
export function addressKey({ branch, step }: PolicyAddress): string {
  return `${branch}/${step}`;
}

/** The history that a log's records tell. */
export function createHistory(records: HistoryRecords): RunHistory {
  const branches = [firstBranch, ...records.branches];
  const byName = new Map(branches.map((branch) => [branch.name, branch]));

  const branchOf = (name: string): BranchRecord => {
    const branch = byName.get(name);
    if (branch === undefined)
      throw new RangeError(`there is no branch "${name}"; known are ${[...byName.keys()].join(", ")}`);
    return branch;
  };
  const policy = ({ branch, step }: PolicyAddress): PolicyAddress => {
    const { parent, forkStep } = branchOf(branch);
    return parent !== null && step <= forkStep ? policy({ branch: parent, step }) : { branch, step };
  };
  const stepAddress = ({ branch, step }: PolicyAddress): PolicyAddress => {
    const { parent, forkStep } = branchOf(branch);
    return parent !== null && step < forkStep ? stepAddress({ branch: parent, step }) : { branch, step };
  };
  const isAncestor = (address: PolicyAddress, branch: string): boolean => {
    const own = policy(address);
    return policy({ branch, step: address.step }).branch === own.branch;
  };
  const outcome = (address: PolicyAddress): OutcomeEntry | null =>
    records.outcomes.get(addressKey(stepAddress(address))) ?? null;
  const plan = (address: PolicyAddress): PlanEntry | null => {
    const plans = records.plans.get(addressKey(stepAddress(address))) ?? [];
    const applied = outcome(address);
    if (applied !== null) return plans.find((entry) => entry.hash === applied.planHash) ?? null;
    const newest = Math.max(...plans.map((entry) => entry.revision));
    return plans.find((entry) => entry.revision === newest) ?? null;
  };

  return {
    currentBranch: branches.at(-1)?.name ?? firstBranch.name,
    branches,
    policy,
    step: stepAddress,
    plan,
    outcome,
    stepsDone: (branch) => {
      let step = branchOf(branch).forkStep;
      while (outcome({ branch, step }) !== null) step++;
      return step;
    },
    checkpoints: (address) =>
      records.checkpoints
        .filter((checkpoint) => checkpoint.step <= address.step && isAncestor(checkpoint, address.branch))
        .toReversed()
        .toSorted((a, b) => b.step - a.step),
    gates: (branch) => records.gates.filter((gate) => isAncestor(gate.end, branch)),
    settings: (address) =>
      records.settings.filter(
        (change) =>
          change.step <= address.step &&
          stepAddress({ branch: address.branch, step: change.step }).branch === stepAddress(change).branch,
      ),
    decisions: (branch) =>
      records.decisions.filter(
        (decision, index, all) =>
          isAncestor(decision, branch) &&
          all.findIndex((one) => addressKey(one) === addressKey(decision) && one.asked === decision.asked) === index,
      ),
  };
}
