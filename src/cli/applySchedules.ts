import { Client, ScheduleNotFoundError, type ScheduleOptions } from "@temporalio/client";
import { connectClient, serverAccess } from "../server/serverAccess.ts";
import { nightly, queues, server } from "../../temporal.config.ts";
import { print } from "../output/terminal.ts";

/** The nightly evaluation as temporal.config.ts describes it. */
const schedule = {
  scheduleId: nightly.scheduleId,
  spec: { calendars: [{ ...nightly.at, comment: "every night" }] },
  policies: { overlap: nightly.overlap, catchupWindow: nightly.catchupWindow, pauseOnFailure: nightly.pauseOnFailure },
  action: {
    type: "startWorkflow",
    workflowType: "nightlyEvaluation",
    workflowId: nightly.scheduleId,
    taskQueue: queues.cpu,
    args: [nightly.input],
  },
} satisfies ScheduleOptions;

/** Makes the schedules on the server what temporal.config.ts says; a pause set by hand is left as it is. */
async function applySchedules(client: Client): Promise<string> {
  const handle = client.schedule.getHandle(nightly.scheduleId);
  try {
    await handle.update((previous) => ({ ...schedule, state: previous.state }));
    return `schedule ${nightly.scheduleId} updated`;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.schedule.create(schedule);
    return `schedule ${nightly.scheduleId} created`;
  }
}

/** The same on the server that the environment names. */
export async function applySchedulesOnServer(): Promise<number> {
  const access = serverAccess({ fallback: server });
  const connection = await connectClient(access.connectionOptions);
  try {
    print(
      await applySchedules(
        new Client({ connection, namespace: access.namespace, dataConverter: access.dataConverter }),
      ),
    );
  } finally {
    await connection.close();
  }
  return 0;
}
