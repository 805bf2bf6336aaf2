import { z } from "zod";
import { PolicyAddress } from "./address.ts";

/** What a gate decided by itself, or a person in its place ("approve", "extend", "reject"). */
export const GateDecision = z.enum(["promote", "extend", "flag", "hold", "approve", "reject"]);
export type GateDecision = z.infer<typeof GateDecision>;

/** A gate: the two policies it compared, what it found, what was decided. */
export const Gate = z.object({
  stage: z.number().int().min(1),
  /** Name of the stage. */
  name: z.string(),
  start: PolicyAddress,
  end: PolicyAddress,
  decision: GateDecision,
  /** Gain in accuracy on validation questions (share, not points) with its interval. */
  gain: z.number(),
  low: z.number(),
  high: z.number(),
  questions: z.number().int().min(0),
  /** Evidence and decision in one line. */
  message: z.string(),
  /** Who overruled the gate and why; null when it decided by itself. */
  person: z.object({ name: z.string(), reason: z.string() }).nullable(),
});
export type Gate = z.infer<typeof Gate>;

/** What a person may decide about a gate, signed. */
export const PersonsDecision = z.enum(["approve", "extend", "reject"]);
export interface SignedDecision {
  readonly decision: z.infer<typeof PersonsDecision>;
  readonly name: string;
  readonly reason: string;
}
