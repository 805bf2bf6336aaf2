import { Client, Connection } from "@temporalio/client";

/** One event of a workflow's history, as much as is measured here. */
export interface HistoryEvent {
  readonly type: string;
  readonly milliseconds: number;
  /** Activity type of scheduled activities. */
  readonly activity: string | null;
  /** Activity type of completed activities. */
  readonly completed: string | null;
  /** Bytes of the largest payload that the event carries. */
  readonly payloadBytes: number;
}

/** The histories of all workflows of a type, one per execution, oldest first. */
export async function readHistories(
  address: string,
  namespace: string,
  workflowType: string,
): Promise<HistoryEvent[][]> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    const executions: { workflowId: string; runId: string; startTime: Date }[] = [];
    for await (const execution of client.workflow.list({ query: `WorkflowType = "${workflowType}"` }))
      executions.push(execution);
    executions.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
    return await Promise.all(
      executions.map(async ({ workflowId, runId }) => {
        const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
        return readEvents(history.events ?? []);
      }),
    );
  } finally {
    await connection.close();
  }
}

type RawEvent = NonNullable<
  Awaited<ReturnType<ReturnType<Client["workflow"]["getHandle"]>["fetchHistory"]>>["events"]
>[number];

function readEvents(events: readonly RawEvent[]): HistoryEvent[] {
  const scheduled = new Map(
    events.map((event) => [
      String(event.eventId),
      event.activityTaskScheduledEventAttributes?.activityType?.name ?? null,
    ]),
  );
  return events.map((event) => ({
    type: String(event.eventType),
    milliseconds: Number(event.eventTime?.seconds ?? 0) * 1000 + Number(event.eventTime?.nanos ?? 0) / 1e6,
    activity: scheduled.get(String(event.eventId)) ?? null,
    completed: scheduled.get(String(event.activityTaskCompletedEventAttributes?.scheduledEventId)) ?? null,
    payloadBytes: payloadBytes(event),
  }));
}

/** Largest single payload (a `data` buffer) anywhere in an event. */
function payloadBytes(value: unknown): number {
  if (value === null || typeof value !== "object") return 0;
  if (value instanceof Uint8Array) return value.byteLength;
  return Math.max(0, ...Object.values(value).map(payloadBytes));
}
