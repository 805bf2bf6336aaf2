import { Client, type WorkflowHandle } from "@temporalio/client";
import { queues, workflowTaskTimeout } from "../../temporal.config.ts";
import { connectClient, ownServerAccess } from "../server/serverAccess.ts";
import { openTracing } from "../server/tracing.ts";
import { StudyProgress } from "../studies/studyProgress.ts";
import { curriculumId, readProgress } from "./curriculumClient.ts";
import { describeProgress } from "./display.ts";
import { readPendingWork } from "./pendingWork.ts";
import type { RunAtWork } from "./studyLines.ts";

/** Input of the workflow `study`. */
export interface StudyInput {
  readonly study: string | null;
  readonly file: string | null;
  readonly state: string | null;
  readonly minutes: number | null;
}

export interface StudyClient {
  /** Starts the study's workflow in place of one that is still open: all that counts is kept, so that nothing is lost. */
  start(name: string, input: StudyInput): Promise<WorkflowHandle>;
  /** What the run does; null while nobody answers. */
  describeRun(run: string): Promise<RunAtWork | null>;
}

/** Id of a study's workflow. */
export function studyId(name: string): string {
  return `study-${name}`;
}

/** Connects to the laptop's own Temporal server. */
export async function connectStudy(address: string, namespace: string): Promise<StudyClient> {
  const { connectionOptions, dataConverter } = ownServerAccess(address, namespace);
  const client = new Client({
    connection: await connectClient(connectionOptions),
    namespace,
    dataConverter,
    plugins: (await openTracing(process.env, "med-r3-study")).plugins,
  });
  return {
    start: (name, input) =>
      client.workflow.start("study", {
        workflowId: studyId(name),
        taskQueue: queues.cpu,
        args: [input],
        workflowTaskTimeout,
        workflowIdConflictPolicy: "TERMINATE_EXISTING",
      }),
    describeRun: async (run) => {
      const handle = client.workflow.getHandle(curriculumId(run));
      const [progress, work] = await Promise.all([readProgress(handle), readPendingWork(handle)]);
      if (progress === null) return null;
      const doing = work.flatMap((one) => one.doing ?? []).at(0);
      // The study's own time left stands in front.
      return { line: describeProgress({ ...progress, secondsLeft: null }, doing), phase: progress.phase };
    },
  };
}

/** The study's progress; null while no worker answers. */
export async function readStudyProgress(handle: WorkflowHandle): Promise<StudyProgress | null> {
  const answer: unknown = await handle.query("progress").catch(() => null);
  return answer === null ? null : StudyProgress.parse(answer);
}
