import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from "@temporalio/client";
import type { RunProgress } from "../../src/domain/progress.ts";
import { queues } from "../../temporal.config.ts";
import type { ScriptedWorkers } from "../workflows/scriptedWorkers.ts";

/** Starts the curriculum that a test steers in the Temporal UI. */
export function startCurriculum(
  workers: ScriptedWorkers,
  workflowId: string,
): Promise<WorkflowHandleWithFirstExecutionRunId> {
  return workers.client.workflow.start("curriculum", { workflowId, taskQueue: queues.cpu, args: [{}] });
}

export async function phaseOf(handle: WorkflowHandle): Promise<string> {
  return (await handle.query<RunProgress>("progress")).phase;
}
