import type { RunConfiguration } from "../configuration/configuration.ts";
import type { EvaluationRecord } from "../trajectories/records.ts";

/** The pool of validation questions that a model that is not built in answers first: does it write the protocol at all? */
export const protocolProbePool = "protocol-probe";

/** Whether a run begins with the probe. Bases of this project write the protocol. */
export function probesProtocol({ policy, warmStart }: Pick<RunConfiguration, "policy" | "warmStart">): boolean {
  return policy.model !== "built-in" && warmStart.when !== "off";
}

/** Share of answers that passed the format gate. */
export function formatShareOf({ results }: Pick<EvaluationRecord, "results">): number {
  return results.filter(({ values }) => values["format"] === 1).length / Math.max(1, results.length);
}
