import type { CallStatus, ToolCall } from "../domain/toolCall.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import { ownMetrics } from "../parts/ownMetrics.ts";
import type { MetricsContext, Tool } from "./environment.ts";

/** Faults of calls by the ends of their metrics' names. */
export const callFaults: readonly (readonly [status: CallStatus, metric: string])[] = [
  ["refused", "refused_share"],
  ["failed", "failed_share"],
  ["malformed", "malformed_share"],
  ["over-limit", "over_limit_share"],
];

/** Calls of tools that the run does not have, per response; left out where there were none. */
export const unknownToolMetric = "unknown_tool/count";

/**
 * Of each tool: `<tool>/count` calls per response, whatever became of them; the shares of them that the tool refused, that
 * failed, that were malformed or one too many, where there were calls; and what the tool adds itself. Throws PartFaultError where
 * that cannot be used.
 */
export function toolMetrics(
  tools: readonly Tool[],
  trajectories: readonly Pick<Trajectory, "calls">[],
  context: MetricsContext,
): Record<string, number> {
  const calls = trajectories.flatMap((trajectory) => trajectory.calls);
  const responses = Math.max(1, trajectories.length);
  const unknown = calls.filter(({ status }) => status === "unknown-tool").length;
  return {
    ...Object.assign(
      {},
      ...tools.map(({ tags: { tool }, environment }) => {
        const own = calls.filter((call) => call.tool === tool && call.status !== "unknown-tool");
        return {
          [`${tool}/count`]: own.length / responses,
          ...faultShares(tool, own),
          ...ownMetrics(
            { kind: "environment", name: tool },
            () => environment.metrics(own, context),
            metricsOfEvery(tool),
          ),
        };
      }),
    ),
    ...(unknown > 0 && { [unknownToolMetric]: unknown / responses }),
  };
}

/** Names of the metrics that every tool has. */
function metricsOfEvery(tool: string): string[] {
  return ["count", ...callFaults.map(([, metric]) => metric)].map((metric) => `${tool}/${metric}`);
}

function faultShares(tool: string, calls: readonly ToolCall[]): Record<string, number> {
  if (calls.length === 0) return {};
  return Object.fromEntries(
    callFaults.map(([status, metric]) => [
      `${tool}/${metric}`,
      calls.filter((call) => call.status === status).length / calls.length,
    ]),
  );
}
