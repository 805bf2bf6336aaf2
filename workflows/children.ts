import {
  CancellationScope,
  condition,
  sleep,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
  type Workflow,
  type WorkflowResultType,
} from "@temporalio/workflow";
import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import { workflowTaskTimeout } from "../temporal.config.ts";
import { isInterrupted, type CurriculumState } from "./curriculumState.ts";
import { stopSignal } from "./stage.ts";

/** Seconds to wait for an earlier child of the same id that is being ended. */
const earlierChildPatience = 30;

/** Runs a child named after this workflow; when a person interrupts the run meanwhile, the child is asked to end at its next safe point. */
export async function runChild<W extends Workflow>(
  state: CurriculumState,
  workflow: W,
  name: string,
  input: Parameters<W>[0],
): Promise<WorkflowResultType<W>> {
  const child = await startNamed(workflow, `${workflowInfo().workflowId}-${name}`, input);
  const watch = new CancellationScope();
  const watching = watch.run(() => stopWhenInterrupted(state, child));
  try {
    return await child.result();
  } finally {
    watch.cancel();
    await watching;
  }
}

async function stopWhenInterrupted<W extends Workflow>(
  state: CurriculumState,
  child: ChildWorkflowHandle<W>,
): Promise<void> {
  try {
    await condition(() => isInterrupted(state));
    await child.signal(stopSignal);
  } catch {
    // The child ended first: there is nothing left to stop.
  }
}

/** Starts a child under an id; where an earlier one of this id is being ended, waits for that. */
export async function startNamed<W extends Workflow>(
  workflow: W,
  workflowId: string,
  input: Parameters<W>[0],
): Promise<ChildWorkflowHandle<W>> {
  for (let waited = 0; ; waited++) {
    try {
      return (await startChild<Workflow>(workflow, {
        workflowId,
        args: [input],
        workflowTaskTimeout,
      })) as ChildWorkflowHandle<W>;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) || waited >= earlierChildPatience) throw error;
      await sleep("1 second", { summary: "an earlier child of this name is being ended" });
    }
  }
}
