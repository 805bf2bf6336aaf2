import { queues } from "../../temporal.config.ts";
import type { ScriptedWorkers } from "./scriptedWorkers.ts";

export const stageId = "curriculum-scripted-stage-reasoner";

/** Runs a stage to its end; its result. */
export async function runStage({ client }: ScriptedWorkers, input: Record<string, unknown> = {}): Promise<unknown> {
  return client.workflow.execute("stage", {
    workflowId: stageId,
    taskQueue: queues.cpu,
    args: [{ run: "scripted", stage: "reasoner", ...input }],
    // In place of what a test that failed left.
    workflowIdConflictPolicy: "TERMINATE_EXISTING",
  });
}
