import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createRest } from "../../src/eventLoop/rest.ts";
import { threadCpuMilliseconds } from "../../src/eventLoop/threadCpu.ts";
import { watchEventLoop } from "../../src/eventLoop/watch.ts";

function work(milliseconds: number): void {
  const [start, clock] = [threadCpuMilliseconds(), performance.now()];
  while ((threadCpuMilliseconds() ?? performance.now()) - (start ?? clock) < milliseconds);
}

async function turnsDuring(what: () => void | Promise<void>): Promise<number[]> {
  const turns: number[] = [];
  await sleep(60);
  const stop = watchEventLoop((milliseconds) => turns.push(milliseconds));
  await sleep(60);
  await what();
  await sleep(60);
  stop();
  return turns;
}

describe("the watch over an event loop", () => {
  it("tells of work in one piece", async () => {
    const turns = await turnsDuring(() => work(250));
    expect(turns).toHaveLength(1);
    expect(turns[0]).toBeGreaterThan(200);
  });

  it("says nothing of the same work with rests", async () => {
    expect(
      await turnsDuring(async () => {
        const rest = createRest();
        for (let part = 0; part < 25; part++) {
          work(10);
          await rest();
        }
      }),
    ).toEqual([]);
  });

  it.skipIf(threadCpuMilliseconds() === null)(
    "says nothing of a thread that others keep from the processor",
    async () => {
      expect(await turnsDuring(() => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300))).toEqual(
        [],
      );
    },
  );
});
