import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";

const Outcome = z.union([
  z.object({ unusable: z.string() }),
  z.object({ logProbabilities: z.number(), gradients: z.number(), tokens: z.number() }),
]);

/** Chromium brings a Vulkan driver that computes on the processor: WebGPU runs on it where there is no graphics card. */
const chromium = "/usr/lib/chromium";
const software = existsSync(`${chromium}/vk_swiftshader_icd.json`)
  ? { VK_ICD_FILENAMES: `${chromium}/vk_swiftshader_icd.json`, LD_LIBRARY_PATH: chromium }
  : {};

test("on WebGPU log-probabilities, gradients and sampled tokens are the CPU's, where a driver is there", {
  timeout: 120_000,
}, async (context) => {
  // A process of its own: the driver is chosen when it starts.
  const script = fileURLToPath(new URL("webgpuCheck.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script], {
    env: { ...process.env, ...software },
  });
  const outcome = Outcome.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
  if ("unusable" in outcome) return context.skip(outcome.unusable);
  expect(outcome.logProbabilities).toBeLessThan(1e-4);
  expect(outcome.gradients).toBeLessThan(1e-4);
  expect(outcome.tokens).toBe(0);
});
