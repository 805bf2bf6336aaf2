import { afterAll, expect, test } from "vitest";
import { Workbench, maskedTokens, sampleRequest, scriptedResponder, trainingSequences } from "./support.ts";

const bench = new Workbench();
afterAll(() => bench.clear());

const mebibyte = 2 ** 20;

test("500 iterations of rollout and update do not make the process grow", async () => {
  const policy = await bench.open();
  const environment = scriptedResponder([20, 21]);
  const adamw = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, gradientClip: 1 };
  const iterate = async (iteration: number): Promise<void> => {
    await policy.sample(
      Array.from({ length: 4 }, (_, i) =>
        sampleRequest(`${iteration}/${i}`, [7 + (iteration % 9), 8], { maxResponseTokens: 12 }),
      ),
      environment,
    );
    const sequences = trainingSequences(2 + (iteration % 5));
    const loss = { kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.28, dualClip: 3 } as const;
    await policy.forwardBackward({ sequences, loss, lossDivisor: maskedTokens(sequences), temperature: 1 });
    await policy.optimizerStep(adamw);
  };
  let iteration = 0;
  while (iteration < 100) await iterate(iteration++);
  const settled = process.memoryUsage().rss;
  while (iteration < 600) await iterate(iteration++);
  // Garbage that is not collected yet comes and goes; a leak of 100 kB an iteration would show as 50 MiB.
  expect((process.memoryUsage().rss - settled) / mebibyte).toBeLessThan(40);
});
