import { Client, type WorkflowHandle } from "@temporalio/client";
import { z } from "zod";
import { queues, workflowTaskTimeout } from "../../temporal.config.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { RunProgress } from "../domain/progress.ts";
import { putAsideOthers } from "./putAside.ts";
import { connectClient, ownServerAccess } from "../server/serverAccess.ts";
import { openTracing } from "../server/tracing.ts";

export interface CurriculumClient {
  /** Starts the run's workflow, or takes up the one that is still running. */
  startOrAttach(configuration: RunConfiguration): Promise<WorkflowHandle>;
  /** Ends the unfinished runs and studies but the one with this workflow id, so that they do not compete for the engine; they can be resumed. Returns what to tell of it. */
  putAsideOthers(own: string): Promise<string[]>;
}

const workflowType = "curriculum";

/** Id of a run's workflow. */
export function curriculumId(run: string): string {
  return `${workflowType}-${run}`;
}

/**
 * Connects to the laptop's own Temporal server. The connection lives as long as the process: a call that is waiting to be retried
 * would throw out of reach on a closed one.
 */
export async function connectCurriculum(address: string, namespace: string): Promise<CurriculumClient> {
  const { connectionOptions, dataConverter } = ownServerAccess(address, namespace);
  const connection = await connectClient(connectionOptions);
  const client = new Client({
    connection,
    namespace,
    dataConverter,
    plugins: (await openTracing(process.env, "med-r3-start")).plugins,
  });
  return {
    startOrAttach: (configuration) =>
      client.workflow.start(workflowType, {
        workflowId: curriculumId(configuration.run),
        taskQueue: queues.cpu,
        args: [configuration],
        workflowTaskTimeout,
        workflowIdConflictPolicy: "USE_EXISTING",
      }),
    putAsideOthers: (own) => putAsideOthers(client, own),
  };
}

/** The run's progress; null while no worker answers. */
export async function readProgress(handle: WorkflowHandle): Promise<RunProgress | null> {
  try {
    return RunProgress.parse(await handle.query("progress"));
  } catch (error) {
    if (error instanceof z.ZodError) throw error;
    return null;
  }
}
