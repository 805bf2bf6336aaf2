import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { ratesFor } from "../../src/cost/rates.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "med-r3-rates-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const configuration = resolveConfiguration({ run: "planned", preset: "tiny" });

/** A run that sampled so many tokens in a second, its last step so many seconds ago. */
async function runWith(name: string, sampled: number, secondsAgo: number, overrides = {}): Promise<void> {
  const folder = join(root, name);
  await mkdir(folder);
  const own = resolveConfiguration({ run: name, preset: "tiny", ...overrides });
  await writeFile(join(folder, "configuration.json"), JSON.stringify(own));
  const metrics = { "tokens/sampled": sampled, "tokens/trained": 50, "timing_s/rollout": 1, "timing_s/update": 1 };
  await writeFile(join(folder, "metrics.jsonl"), `${JSON.stringify({ metrics })}\n{cut off`);
  const time = new Date(Date.now() - 1000 * secondsAgo);
  await utimes(join(folder, "metrics.jsonl"), time, time);
}

describe("the rates that a plan counts with", () => {
  it("are stated for the built-in model where no run was measured, and not known for another", async () => {
    expect((await ratesFor(join(root, "nowhere"), configuration))?.from).toContain("stated");
    const policy = { ...configuration.policy, model: "/models/other" };
    expect(await ratesFor(root, { ...configuration, policy })).toBeNull();
  });

  it("are those of the newest run with the same engine, settings and model, whatever its name", async () => {
    await runWith("a-newest", 300, 10);
    await runWith("b-other", 900, 5, { policy: { microBatchTokens: 512 } });
    await runWith("z-oldest", 100, 20);
    expect(await ratesFor(root, configuration)).toEqual({
      sampled: 300,
      trained: 50,
      from: "measured in run a-newest, 1 steps",
    });
  });
});
