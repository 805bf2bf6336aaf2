import { type Client, WorkflowNotFoundError } from "@temporalio/client";

/** Name of each kind of unfinished work, and the command that goes on with it. */
const kinds = {
  curriculum: { word: "run", command: (name: string) => `npm start -- --resume --run ${name}` },
  study: { word: "study", command: () => "the command that started it" },
} as const;

/**
 * Ends unfinished runs and studies, so that they do not compete for the engine; they can be resumed. The workflow `own` is left alone, and so are the
 * runs of studies, which end with their study. Returns what a person is to be told.
 */
export async function putAsideOthers(client: Client, own: string): Promise<string[]> {
  const lines: string[] = [];
  for (const [type, { word, command }] of Object.entries(kinds)) {
    const query = `WorkflowType = "${type}" AND ExecutionStatus = "Running"`;
    for await (const { workflowId, parentExecution } of client.workflow.list({ query })) {
      if (workflowId === own || parentExecution !== undefined) continue;
      const name = workflowId.replace(`${type}-`, "");
      const goOn = command(name);
      if (await terminate(client, workflowId, goOn))
        lines.push(`The unfinished ${word} ${name} is put aside; go on with it later: ${goOn}`);
    }
  }
  return lines;
}

/** False when the workflow ended by itself in the meantime. */
async function terminate(client: Client, workflowId: string, goOn: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).terminate(`put aside by another command; go on with: ${goOn}`);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
