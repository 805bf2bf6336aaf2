import { describe, expect, onTestFinished, test, vi } from "vitest";
import { decide } from "../../src/curriculum/decide.ts";
import { PartFaultError } from "../../src/parts/partFault.ts";
import type { Schedule } from "../../src/schedules/schedule.ts";
import { schedules } from "../../src/schedules/scheduleRegistry.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { createFakePolicy } from "../training/fakePolicy.ts";
import { openTrainer, temporaryFolder, testConfiguration } from "../training/trainer.ts";

/** Until the test ends each run's schedule is this one, as a file of extensions may have it: no type checker saw it. */
function scheduled(next: (history: { readonly trained: readonly unknown[] }) => unknown, more: Partial<Schedule> = {}) {
  const made = { outline: () => [], next, ...more } as unknown as Schedule;
  const asking = vi.spyOn(schedules, "create").mockReturnValue(made);
  onTestFinished(() => asking.mockRestore());
}

const training = (stage: Record<string, unknown>) => ({
  work: { kind: "train", stage: { name: "ward", iterations: 1, rewards: { answer: 1 }, gate: null, ...stage } },
  reason: "as an example",
});

/** Two iterations, without gates that could extend them. */
const configuration = testConfiguration({
  stages: [{ name: "all", iterations: 2, rewards: { answer: 1 }, gate: null }],
});

const newLog = async () => openRunLog(await temporaryFolder());

describe("a schedule", () => {
  test("may not answer with a stage that weighs what the task does not offer", async () => {
    scheduled(() => training({ rewards: { clinical: 1 } }));
    const of = (dataset: string) => testConfiguration({ data: { dataset, worldSeed: 1 } });
    const log = await newLog();
    await expect(decide(log, of("machines"), [])).rejects.toThrow(
      /work\.stage\.rewards\.clinical: task machines does not offer this reward/u,
    );
    expect((await decide(log, of("world"), [])).work).toMatchObject({ kind: "train", stage: { name: "ward" } });
  });

  test("that throws is told by its name", async () => {
    scheduled(() => (undefined as unknown as { readonly validation: unknown }).validation);
    const fault = await decide(await newLog(), configuration, []).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(PartFaultError);
    expect(String(fault)).toContain('schedule "staged" threw: Cannot read properties of undefined');
  });

  test("that answers with a promise is refused, and the promise's own failure harms nothing", async () => {
    scheduled(async () => Promise.reject(new Error("later")));
    await expect(decide(await newLog(), configuration, [])).rejects.toThrow(
      /next gave a promise; it must not be async/u,
    );
  });
});

describe("a schedule that goes on and on", () => {
  const endless = ({ trained }: { readonly trained: readonly unknown[] }) =>
    training({ name: `x-${trained.length + 1}` });

  test("is stopped before it trains more than three times the configured iterations, with the numbers", async () => {
    scheduled(endless);
    const trainer = await openTrainer(await temporaryFolder(), createFakePolicy(), configuration);
    for (let iteration = 0; iteration < 6; iteration++) {
      await decide(trainer.log, configuration, []);
      await trainer.step();
    }
    await expect(decide(trainer.log, configuration, [])).rejects.toThrow(
      /work: 6 iterations are trained, and 1 more are together more than 3 times the 2 /u,
    );
  });

  test("is stopped before the first where it asks for so many at once", async () => {
    scheduled(() => training({ iterations: 7 }));
    await expect(decide(await newLog(), configuration, [])).rejects.toThrow(/0 iterations are trained, and 7 more/u);
    scheduled(() => training({ iterations: 6 }));
    expect((await decide(await newLog(), configuration, [])).work).toMatchObject({ stage: { iterations: 6 } });
  });

  test("has room for all extensions of the configured gates, and for one of a person's", async () => {
    const gated = (gate: Record<string, unknown>) =>
      testConfiguration({
        gate: { maximumExtensions: 0, extensionIterations: 5 },
        stages: [{ name: "all", iterations: 2, rewards: { answer: 1 }, gate }],
      });
    scheduled(() => training({ iterations: 22 }));
    await expect(decide(await newLog(), gated({}), [])).rejects.toThrow(/3 times the 7 /u);
    expect((await decide(await newLog(), gated({ maximumExtensions: 2 }), [])).work).toMatchObject({ kind: "train" });
  });

  test("may, where it says that it ends by itself", async () => {
    scheduled(() => training({ iterations: 1000 }), { endsByItself: true });
    expect((await decide(await newLog(), configuration, [])).work).toMatchObject({ stage: { iterations: 1000 } });
  });
});
