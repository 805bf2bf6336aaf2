import { WorkflowFailedError, type Client } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { randomUUID } from "node:crypto";
import { queues } from "../../../temporal.config.ts";

/** A start that must be refused, by the field's name, before anything is read, sent or written. */
export interface Attempt {
  readonly type: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What the refusal must name. */
  readonly field: string;
}

const patience = 60_000;

/** Null where a workflow was refused as bad input by the field's name, else what happened instead. */
export async function refusalOf(client: Client, { type, input, field }: Attempt): Promise<string | null> {
  const workflowId = `safety-${randomUUID()}`;
  const handle = await client.workflow.start(type, {
    workflowId,
    taskQueue: queues.cpu,
    args: [input],
    workflowExecutionTimeout: patience,
  });
  try {
    await handle.result();
    return `${type} ${JSON.stringify(input)} was let through`;
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? error.cause : error;
    const refused = cause instanceof ApplicationFailure && cause.type === "BadInput" && cause.message.includes(field);
    return refused ? null : `${type} ${JSON.stringify(input)}: ${String(cause)} (should name ${field})`;
  }
}

/** Complaints about all attempts, some at once. */
export async function refusalsOf(client: Client, attempts: readonly Attempt[]): Promise<string[]> {
  const complaints: string[] = [];
  for (let start = 0; start < attempts.length; start += 8) {
    const some = await Promise.all(attempts.slice(start, start + 8).map((attempt) => refusalOf(client, attempt)));
    complaints.push(...some.filter((complaint) => complaint !== null));
  }
  return complaints;
}
