import { z } from "zod";
import { expect, it } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { decide, ScheduleError } from "../../src/curriculum/decide.ts";
import type { NextWork } from "../../src/schedules/work.ts";
import { schedules } from "../../src/schedules/scheduleRegistry.ts";
import { temporaryLog } from "../trajectories/samples.ts";

const answers = {
  "weighs-a-custom-reward": { rewards: { answer: 1, "grounded-reasoning": 1 } },
  "misnames-a-field": { iteration: 1, rewards: { answer: 1 } },
};
for (const [name, change] of Object.entries(answers)) {
  const stage = { name: "first", iterations: 1, gate: null, ...change };
  schedules.add({
    name,
    describe: "for tests: answers what cannot be done",
    settings: z.strictObject({}),
    create: () => ({
      next: () => ({ work: { kind: "train", stage }, reason: "as it likes" }) as unknown as NextWork,
      outline: (stages) => stages,
    }),
  });
}

it.each<[keyof typeof answers, RegExp]>([
  [
    "weighs-a-custom-reward",
    /work\.stage\.rewards: no such field "grounded-reasoning"; known are answer, .* \(custom rewards are weighed by rewards\.custom\[\]\.weight, in every stage\)$/u,
  ],
  ["misnames-a-field", /work\.stage: no such field "iteration"; known are .*did you mean "iterations"\?$/u],
])("a schedule that %s is refused with what is known there", async (schedule, message) => {
  const log = await temporaryLog();
  const configuration = resolveConfiguration({ preset: "tiny", warmStart: { when: "off" }, schedule });
  const refused = await decide(log, configuration, []).catch((error: unknown) => error);
  log.close();
  expect(refused).toBeInstanceOf(ScheduleError);
  expect((refused as ScheduleError).message).toMatch(message);
});
