import { defineSignal, getExternalWorkflowHandle, workflowInfo } from "@temporalio/workflow";
import { z } from "zod";
import { RunName } from "../src/configuration/runName.ts";

/** What a run tells the study that started it: why it waits for a person; null when it goes on. */
export const RunWaits = z.strictObject({ run: RunName, why: z.string().max(5000).nullable() });
export type RunWaits = z.infer<typeof RunWaits>;

export const runWaitsSignal = defineSignal<[RunWaits]>("runWaits");

/** Tells the workflow that started this run, where there is one. */
export async function tellStudy({ run }: { readonly run: string | null }, why: string | null): Promise<void> {
  const { parent, workflowId } = workflowInfo();
  if (parent === undefined) return;
  const waits = { run: run ?? workflowId.replace(/^curriculum-/u, ""), why };
  // A report that does not arrive is no reason to stop.
  await getExternalWorkflowHandle(parent.workflowId)
    .signal(runWaitsSignal, waits)
    .catch(() => undefined);
}
