import { defineSignal, defineUpdate } from "@temporalio/workflow";
import { z } from "zod";

/** Everything a person sends with arguments is an update, which a validator can refuse; signals have none (DESIGN §6). */
export const pauseSignal = defineSignal("pause");
export const resumeSignal = defineSignal("resume");

const Person = z.string().trim().min(1, "say who you are").max(200);
const Reason = z.string().trim().min(1, "say why").max(2000);

export const GateDecisionRequest = z.strictObject({ decision: z.enum(["approve", "extend", "reject"]), name: Person, reason: Reason });
export type GateDecisionRequest = z.infer<typeof GateDecisionRequest>;

export const decideGateUpdate = defineUpdate<string, [GateDecisionRequest]>("decideGate");
export const retryUpdate = defineUpdate<string>("retry");
export const abortUpdate = defineUpdate<string>("abort");
