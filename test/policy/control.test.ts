import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { watchEventLoop } from "../../src/eventLoop/watch.ts";
import type { OnnxPolicy } from "../../src/engines/onnx/onnxPolicy.ts";
import type { TrainingBatch } from "../../src/policy/port.ts";
import {
  Workbench,
  maskedTokens,
  sampleRequest,
  scriptedResponder,
  trainingSequences,
} from "../engines/onnx/support.ts";

const bench = new Workbench();
let policy: OnnxPolicy;

beforeAll(async () => {
  policy = await bench.open({
    folder: await bench.model({ hiddenSize: 64, feedForwardSize: 192, layers: 4 }),
    replicas: 2,
  });
});
afterAll(() => bench.clear());

/** Some seconds of work in micro-batches of some milliseconds. */
function longBatch(): TrainingBatch {
  const sequences = Array.from({ length: 60 }, () => trainingSequences(40)).flat();
  return { sequences, loss: { kind: "cross-entropy" }, lossDivisor: maskedTokens(sequences), temperature: 1 };
}

const environment = scriptedResponder([20, 21]);
const longRequests = Array.from({ length: 200 }, (_, i) =>
  sampleRequest(String(i), [7, 8, 9], { maxResponseTokens: 480, stopStrings: [] }),
);

describe("long work", () => {
  test("leaves the event loop free", async () => {
    const turns: number[] = [];
    // Work of this thread, whatever others take of the processor; packing the sequences is the only work done here.
    const stop = watchEventLoop((milliseconds) => turns.push(milliseconds), 300);
    const before = process.cpuUsage();
    await policy.forwardBackward(longBatch());
    const { user } = process.cpuUsage(before);
    await policy.discardGradient();
    stop();
    // Long enough for a loop that is held to be seen.
    expect(user / 1000).toBeGreaterThan(600);
    expect(turns).toEqual([]);
  });

  test.each([
    { work: "an update", run: (control: object) => policy.forwardBackward(longBatch(), control) },
    { work: "a rollout", run: (control: object) => policy.sample(longRequests, environment, control) },
    {
      work: "log-probabilities",
      run: (control: object) =>
        policy.logProbabilities(
          longBatch().sequences.map(({ tokens }) => tokens),
          control,
        ),
    },
  ])("of $work reports progress from 0 to 1", async ({ run }) => {
    const fractions: number[] = [];
    await run({ onProgress: (fraction: number) => fractions.push(fraction) });
    await policy.discardGradient();
    expect(fractions.length).toBeGreaterThan(5);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBeGreaterThan(0.9);
    expect(fractions.at(-1)).toBeLessThanOrEqual(1);
  });

  test.each([
    { work: "an update", run: (control: object) => policy.forwardBackward(longBatch(), control) },
    { work: "a rollout", run: (control: object) => policy.sample(longRequests, environment, control) },
    {
      work: "log-probabilities",
      run: (control: object) =>
        policy.logProbabilities(
          longBatch().sequences.map(({ tokens }) => tokens),
          control,
        ),
    },
  ])("of $work ends early when it is cancelled and leaves the policy as it was", async ({ run }) => {
    const before = await policy.stateHash();
    const controller = new AbortController();
    let done = 0;
    const onProgress = (fraction: number): void => {
      done = fraction;
      controller.abort(new Error("no longer wanted"));
    };
    await expect(run({ signal: controller.signal, onProgress })).rejects.toThrow("no longer wanted");
    expect(done).toBeLessThan(0.5);
    expect(await policy.stateHash()).toBe(before);
    expect([...(await policy.gradients()).values()].every((gradient) => gradient.every((value) => value === 0))).toBe(
      true,
    );
  });

  test("that is cancelled beforehand does not begin", async () => {
    await expect(
      policy.forwardBackward(longBatch(), { signal: AbortSignal.abort(new Error("too late")) }),
    ).rejects.toThrow("too late");
  });
});

test("a closed policy refuses work", async () => {
  const closed = await bench.open();
  await closed.close();
  await closed.close();
  await expect(closed.stateHash()).rejects.toThrow(/ended/);
});
