import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { timedSearch } from "../../activities/timedSearch.ts";
import { medicalScale } from "../../src/tasks/medical/medicalEvidenceScale.ts";

it("counts the time of searches that are under way at once once, also where one fails", async () => {
  const search = timedSearch({
    scale: medicalScale,
    search: async () => {
      await sleep(30);
      return [];
    },
    passages: async () => {
      await sleep(10);
      throw new Error("gone");
    },
  });
  const started = performance.now();
  await Promise.allSettled([search.search([], 1), search.search([], 1), search.passages([]), search.search([], 1)]);
  const around = (performance.now() - started) / 1000;
  expect(search.seconds()).toBeGreaterThan(0.02);
  expect(search.seconds()).toBeLessThanOrEqual(around);
});
