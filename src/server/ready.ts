import { msToTs } from "@temporalio/common/lib/time.js";
import { setTimeout as sleep } from "node:timers/promises";
import { connectClient } from "./serverAccess.ts";

/** The dev server forgets closed runs after a day; a run should stay readable for a year. */
const retention = "365 days";

/** Waits until the namespace answers (the UI answers earlier than the engine behind it); throws when `stillRunning` turns false or the time is over. */
export async function waitUntilReady(
  address: string,
  namespace: string,
  stillRunning: () => boolean,
  timeoutMilliseconds = 60_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMilliseconds;
  for (;;) {
    if (!stillRunning()) throw new Error("the Temporal server ended while starting");
    if (await isReady(address, namespace)) return;
    if (Date.now() > deadline)
      throw new Error(`the Temporal server at ${address} did not answer within ${timeoutMilliseconds / 1000} s`);
    await sleep(100);
  }
}

/** True when the namespace answers now. */
export async function isReady(address: string, namespace: string): Promise<boolean> {
  try {
    const connection = await connectClient({ address }, 2_000);
    try {
      await connection.withDeadline(Date.now() + 2_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

/** Raises how long closed runs stay readable. */
export async function keepClosedRuns(address: string, namespace: string): Promise<void> {
  const connection = await connectClient({ address });
  try {
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: msToTs(retention) },
    });
  } finally {
    await connection.close();
  }
}
