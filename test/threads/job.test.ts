import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { inThread, valuesAhead } from "../../src/threads/job.ts";

const count = (input: object): AsyncGenerator<number> =>
  inThread<number>(new URL("./countJob.ts", import.meta.url), input);

test("what a job yields comes in order, and its error after what it yielded", async () => {
  const values: number[] = [];
  await expect(
    (async () => {
      for await (const value of count({ until: 100, failAt: 40 })) values.push(value);
    })(),
  ).rejects.toThrow("no 40, after 40");
  expect(values).toEqual(Array.from({ length: 40 }, (_, value) => value));
});

test("a job waits for who takes its values slowly", async () => {
  // It would fail at once if it ran on: the error comes only when all before it is taken.
  const values = count({ until: 100, failAt: valuesAhead });
  expect((await values.next()).value).toBe(0);
  await sleep(100);
  for (let value = 1; value < valuesAhead; value++) expect((await values.next()).value).toBe(value);
  await expect(values.next()).rejects.toThrow(`after ${valuesAhead}`);
});

test("who has enough ends the thread", async () => {
  for await (const value of count({ until: 1e9 })) if (value === 20) break;
  expect(process.getActiveResourcesInfo()).not.toContain("MessagePort");
});
