import { MockActivityEnvironment } from "@temporalio/testing";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { createAcquireActivities } from "../../activities/acquireEngine.ts";
import { createEngineLease, type EngineHolder } from "../../activities/engineLease.ts";

const holder = (run: string): EngineHolder => ({ run, workflowId: "test" });

it("a run that waits for a gpu process is sent to another one when that process drains", async () => {
  const lease = createEngineLease(60_000);
  lease.take(holder("one"));
  const draining = new AbortController();
  const activities = createAcquireActivities({
    lease,
    queue: "here",
    draining: draining.signal,
    hasEnded: async () => false,
  });
  const acquire = (run: string): Promise<unknown> =>
    new MockActivityEnvironment().run(() => activities.acquireEngine({ run }));
  expect(await acquire("one")).toEqual({ queue: "here" });
  const waiting = acquire("two");
  draining.abort();
  await expect(waiting).rejects.toMatchObject({ message: "this worker is being drained", nonRetryable: false });
  await expect(acquire("one")).rejects.toThrow("drained");
});

it("a run that left its process without giving it back, because it has ended, does not keep others waiting", async () => {
  const lease = createEngineLease(60_000);
  const ended = new Set<string>();
  const { signal: draining } = new AbortController();
  const hasEnded = async (run: string, workflowId: string): Promise<boolean> => ended.has(`${run} ${workflowId}`);
  const activities = createAcquireActivities({ lease, queue: "here", draining, hasEnded });
  const acquire = (run: string): Promise<unknown> =>
    new MockActivityEnvironment().run(() => activities.acquireEngine({ run }));
  await acquire("one");
  const waiting = acquire("two");
  expect(await Promise.race([waiting, sleep(100)])).toBe(undefined);
  ended.add("one test");
  await lease.during(holder("one"), () => sleep(1_200));
  expect(lease.take(holder("two"))).toBe(false);
  expect(await waiting).toEqual({ queue: "here" });
});

it("the holder is known where a process took up the work of one that died, too: nobody acquired it", async () => {
  const lease = createEngineLease(60_000);
  const activities = createAcquireActivities({
    lease,
    queue: "here",
    draining: new AbortController().signal,
    hasEnded: async (run, workflowId) => run === "one" && workflowId === "test",
  });
  await lease.during(holder("one"), async () => undefined);
  const acquiring = new MockActivityEnvironment().run(() => activities.acquireEngine({ run: "two" }));
  expect(await acquiring).toEqual({ queue: "here" });
});
