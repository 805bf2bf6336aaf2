import { MockActivityEnvironment } from "@temporalio/testing";
import { expect, it } from "vitest";
import { createAcquireActivities } from "../../activities/engine.ts";
import { createEngineLease } from "../../activities/engineLease.ts";

it("a run that waits for a gpu process is sent to another one when that process drains", async () => {
  const lease = createEngineLease(60_000);
  lease.take("one");
  const draining = new AbortController();
  const activities = createAcquireActivities({ lease, queue: "here", draining: draining.signal });
  const acquire = (run: string): Promise<unknown> =>
    new MockActivityEnvironment().run(() => activities.acquireEngine({ run }));
  expect(await acquire("one")).toEqual({ queue: "here" });
  const waiting = acquire("two");
  draining.abort();
  await expect(waiting).rejects.toMatchObject({ message: "this worker is being drained", nonRetryable: false });
  await expect(acquire("one")).rejects.toThrow("drained");
});
