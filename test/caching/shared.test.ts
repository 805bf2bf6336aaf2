import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createShared } from "../../src/caching/shared.ts";

interface Thing {
  readonly key: string;
  open: boolean;
}

function things(most: number) {
  const opened: string[] = [];
  const closed: string[] = [];
  const shared = createShared<Thing>((thing) => {
    thing.open = false;
    closed.push(thing.key);
  }, most);
  const use = <R>(key: string, work: (thing: Thing) => Promise<R>): Promise<R> =>
    shared.use(
      key,
      async () => {
        opened.push(key);
        return { key, open: true };
      },
      work,
    );
  return { shared, use, opened, closed };
}

const nothing = (): Promise<void> => Promise.resolve();

describe("things that are opened for all who use them", () => {
  it("are opened once for several users, and closed after the last where none is to stay open", async () => {
    const { use, opened, closed } = things(0);
    const ends: (() => void)[] = [];
    const uses = [1, 2].map(() => use("a", () => new Promise<void>((resolve) => void ends.push(resolve))));
    await Promise.resolve();
    ends[0]?.();
    await uses[0];
    expect(closed).toEqual([]);
    ends[1]?.();
    await uses[1];
    expect([opened, closed]).toEqual([["a"], ["a"]]);
    await use("a", nothing);
    expect(opened).toEqual(["a", "a"]);
  });

  it("stay open where they were used last", async () => {
    const { shared, use, opened, closed } = things(2);
    for (const key of ["a", "b", "a", "c"]) await use(key, nothing);
    expect([opened, closed]).toEqual([["a", "b", "c"], ["b"]]);
    await shared.close();
    expect(closed.toSorted()).toEqual(["a", "b", "c"]);
  });

  it("are tried again after they failed to open, and freed after their work failed", async () => {
    const { shared, use, closed } = things(0);
    const broken = (): Promise<Thing> => Promise.reject(new Error("no such file"));
    await expect(shared.use("a", broken, nothing)).rejects.toThrow("no such file");
    await use("a", nothing);
    await expect(use("a", () => Promise.reject(new Error("stopped")))).rejects.toThrow("stopped");
    expect(closed).toEqual(["a", "a"]);
  });

  it("are never closed in the middle of a use, and never more stay open than are used or may stay", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.nat(3)), { maxLength: 30 }),
        fc.nat(2),
        async (uses, most) => {
          const { use, opened, closed } = things(most);
          await Promise.all(
            uses.map(([key, turns]) =>
              use(key, async (thing) => {
                for (let turn = 0; turn <= turns; turn++) {
                  expect(thing.open).toBe(true);
                  await Promise.resolve();
                }
              }),
            ),
          );
          expect(opened.length - closed.length).toBeLessThanOrEqual(most);
        },
      ),
    );
  });
});
