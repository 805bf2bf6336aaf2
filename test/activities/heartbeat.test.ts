import { MockActivityEnvironment } from "@temporalio/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keepAlive, withControl } from "../../activities/heartbeat.ts";
import { watchEventLoop } from "../../src/eventLoop/watch.ts";
import type { OnnxPolicy } from "../../src/engines/onnx/onnxPolicy.ts";
import type { RunControl, TrainingBatch } from "../../src/policy/port.ts";
import { Workbench, maskedTokens, trainingSequences } from "../engines/onnx/support.ts";

/** How long the update takes; the engine's promise is for 60 (MED_R3_TEST_UPDATE_SECONDS=60). */
const seconds = Number(process.env["MED_R3_TEST_UPDATE_SECONDS"] ?? 5);

const bench = new Workbench();
let policy: OnnxPolicy;

beforeAll(async () => {
  policy = await bench.open({
    folder: await bench.model({ hiddenSize: 64, feedForwardSize: 192, layers: 4 }),
    replicas: 2,
  });
});
afterAll(() => bench.clear());

function batchOf(repetitions: number): TrainingBatch {
  const sequences = Array.from({ length: repetitions }, () => trainingSequences(40)).flat();
  return { sequences, loss: { kind: "cross-entropy" }, lossDivisor: maskedTokens(sequences), temperature: 1 };
}

/** One forward–backward call that takes about so many seconds. */
async function updateOf(wanted: number): Promise<(control: RunControl) => Promise<unknown>> {
  await policy.forwardBackward(batchOf(4));
  const start = performance.now();
  await policy.forwardBackward(batchOf(8));
  const batch = batchOf(Math.ceil((8 * wanted * 1000) / (performance.now() - start)));
  await policy.discardGradient();
  return (control) => policy.forwardBackward(batch, control);
}

/** Milliseconds that an update took as an activity, what its heartbeats told, and the turns of the event loop above half a second. */
async function watchUpdate(wanted: number): Promise<{ took: number; told: number[]; turns: number[] }> {
  const update = await updateOf(wanted);
  const environment = new MockActivityEnvironment({}, { interceptors: [keepAlive] });
  const told: number[] = [];
  environment.on("heartbeat", ({ done }: { done: number }) => told.push(done));
  const turns: number[] = [];
  const stop = watchEventLoop((milliseconds) => turns.push(milliseconds), 500);
  const start = performance.now();
  await environment.run(() => withControl(update));
  stop();
  return { took: performance.now() - start, told, turns };
}

describe("while the engine works on an update", () => {
  test("heartbeats keep their pace of a second and tell how far it is", async () => {
    let size = seconds;
    let watched = await watchUpdate(size);
    // Its size was measured while the machine was busy with other things.
    while (watched.took < 3000) watched = await watchUpdate((size *= 2));
    const { took, told, turns } = watched;
    // Nothing here keeps the timer waiting; a machine that is busy with other things may.
    expect(turns).toEqual([]);
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(told.length).toBeLessThanOrEqual(took / 900);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect((told.at(-1) ?? 0) - (told[0] ?? 1)).toBeGreaterThan(0.3);
  });

  test("cancelling the activity stops it early", { timeout: 60_000 }, async () => {
    const update = await updateOf(10);
    const environment = new MockActivityEnvironment({}, { interceptors: [keepAlive] });
    let done = 0;
    const running = environment
      .run(() =>
        withControl((control) =>
          update({
            ...control,
            onProgress: (fraction) => {
              done = fraction;
              if (fraction > 0.05) environment.cancel();
            },
          }),
        ),
      )
      .then(() => "ended", String);
    expect(await running).toMatch(/cancel/i);
    expect(done).toBeLessThan(0.5);
  });
});

describe("an activity", () => {
  test("that says nothing of itself is kept alive all the same", async () => {
    const environment = new MockActivityEnvironment({}, { interceptors: [keepAlive] });
    let beats = 0;
    environment.on("heartbeat", () => beats++);
    await environment.run(() => new Promise((resolve) => setTimeout(resolve, 1500)));
    expect(beats).toBe(1);
  });

  test("hands on what the attempt before it told of its memory, at once", async () => {
    const told = { done: 0.5, memory: 0.95, deathsNearLimit: 1 };
    const environment = new MockActivityEnvironment(
      { attempt: 2, heartbeatDetails: told },
      { interceptors: [keepAlive] },
    );
    const beats: unknown[] = [];
    environment.on("heartbeat", (beat: unknown) => beats.push(beat));
    await environment.run(() => Promise.resolve());
    expect(beats).toEqual([expect.objectContaining({ deathsNearLimit: 2 })]);
  });
});
