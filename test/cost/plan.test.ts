import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { readStartOptions } from "../../src/cli/startOptions.ts";
import { startRun } from "../../src/cli/startRun.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { planCost } from "../../src/cost/plan.ts";
import { openDataset } from "../../src/tasks/taskRegistry.ts";

const never = { happened: new Promise<never>(() => undefined), seen: () => null, outputFault: () => null };

async function planOf(overrides: Readonly<Record<string, unknown>>, rates: Parameters<typeof planCost>[1]["rates"]) {
  const configuration = resolveConfiguration({ run: "planned", preset: "tiny", ...overrides });
  const dataset = await openDataset(configuration.data);
  return planCost(configuration, { dataset, tokenizer: null, rates, modelBytes: null });
}

describe("the plan of a run", () => {
  it("counts what can be sampled at most, by iterations, pools and gates", async () => {
    const { training, evaluation, iterations } = await planOf({}, null);
    // 6 iterations of 2 questions × 4 samples of 64 tokens; 4 checkpoints on one pool of 4 questions, 4 policies at 3 gates of 4.
    expect(iterations).toBe(6);
    expect(training).toMatchObject({ sampledTokens: 48 * 64, requests: 48 * 3 });
    expect(evaluation.sampledTokens % 64).toBe(0);
    const without = await planOf({ stages: { reasoner: { iterations: 0 } } }, null);
    expect(without.training.sampledTokens).toBe(32 * 64);
  });

  it("says null where rates or prices are not known, and never nought", async () => {
    expect(await planOf({}, null)).toMatchObject({ hours: null, money: null, storageBytes: null });
    const cost = { price: { sampled: 1e6 } };
    const { training, evaluation, money, hours } = await planOf(
      { cost },
      { sampled: 10, trained: Number.POSITIVE_INFINITY, from: "this test" },
    );
    expect(money).toBe(training.sampledTokens + evaluation.sampledTokens);
    expect(hours).toBeCloseTo((training.sampledTokens + evaluation.sampledTokens) / 10 / 3600, 9);
  });

  it("money by the hour is not known where hours are not", async () => {
    expect((await planOf({ cost: { price: { hour: 2 } } }, null)).money).toBeNull();
  });

  it("is printed by --dry-run, which writes nothing", async () => {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-plan-"));
    const root = join(folder, "runs");
    const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const options = readStartOptions(["--root", root, "--preset", "tiny", "--dry-run", "--json"], root);
    if (options === null) throw new Error("options were not read");
    expect(await startRun(options, never)).toBe(0);
    const printed: unknown = JSON.parse(written.mock.calls.map(([text]) => String(text)).join(""));
    written.mockRestore();
    expect(printed).toMatchObject({ run: "tiny", iterations: 6, training: { sampledTokens: 48 * 64 } });
    expect(await readdir(folder)).toEqual([]);
  });
});

it("a budget of money without prices is refused by its field", () => {
  expect(() => resolveConfiguration({ preset: "tiny", cost: { budget: { money: 5 } } })).toThrow(
    /cost\.budget\.money: a budget of money needs cost\.price/u,
  );
});
