import { describe, expect, it } from "vitest";
import { createEngineLease, type EngineHolder } from "../../activities/engineLease.ts";

function leaseAt(): { lease: ReturnType<typeof createEngineLease>; pass: (milliseconds: number) => void } {
  let now = 0;
  return { lease: createEngineLease(100, () => now), pass: (milliseconds) => void (now += milliseconds) };
}

const holder = (run: string): EngineHolder => ({ run, workflowId: `curriculum-${run}` });

describe("the lease of an engine", () => {
  it("is taken by one run at a time", () => {
    const { lease } = leaseAt();
    expect(lease.take(holder("one"))).toBe(true);
    expect(lease.take(holder("two"))).toBe(false);
    expect(lease.take(holder("one"))).toBe(true);
  });

  it("goes to another run once it was given back", () => {
    const { lease } = leaseAt();
    lease.take(holder("one"));
    lease.release("two");
    expect(lease.take(holder("two"))).toBe(false);
    lease.release("one");
    expect(lease.take(holder("two"))).toBe(true);
  });

  it("goes to another run once its holder left it idle, but not while it works", async () => {
    const { lease, pass } = leaseAt();
    lease.take(holder("one"));
    await lease.during(holder("one"), async () => {
      pass(1000);
      expect(lease.take(holder("two"))).toBe(false);
    });
    pass(99);
    expect(lease.take(holder("two"))).toBe(false);
    pass(1);
    expect(lease.take(holder("two"))).toBe(true);
  });

  it("is lent to any run while nobody holds it, and to the holder, without going to either", async () => {
    const { lease, pass } = leaseAt();
    await lease.lend("one", async () => {
      expect(lease.take(holder("two"))).toBe(false);
      expect(lease.lend("two", async () => undefined)).toBeNull();
    });
    expect(lease.take(holder("two"))).toBe(true);
    expect(lease.lend("one", async () => undefined)).toBeNull();
    await expect(lease.lend("two", async () => "done")).resolves.toBe("done");
    pass(100);
    await expect(lease.lend("one", async () => "done")).resolves.toBe("done");
    expect(lease.take(holder("three"))).toBe(true);
  });

  it("tells the holder, at work or not", async () => {
    const { lease } = leaseAt();
    expect(lease.holder()).toBeNull();
    lease.take(holder("one"));
    expect(lease.holder()).toEqual(holder("one"));
    await lease.during(holder("one"), async () => expect(lease.holder()).toEqual(holder("one")));
    lease.release("one");
    expect(lease.holder()).toBeNull();
  });

  it("tells the holder that does nothing on it", async () => {
    const { lease } = leaseAt();
    expect(lease.idleHolder()).toBeNull();
    lease.take(holder("one"));
    expect(lease.idleHolder()).toEqual(holder("one"));
    await lease.during(holder("one"), async () => expect(lease.idleHolder()).toBeNull());
  });
});
