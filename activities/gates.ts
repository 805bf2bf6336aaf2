import type { PolicyAddress } from "./runs.ts";

/** What a gate found and decided; `message` says it in one line. */
export interface GateVerdict {
  readonly decision: "promote" | "extend" | "flag" | "hold";
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
