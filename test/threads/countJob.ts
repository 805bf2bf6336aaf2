import type { Job } from "../../src/threads/job.ts";

let made = 0;

/** Counts to `until`; tells how far it is whenever it is asked to fail. */
export const job: Job<{ readonly until: number; readonly failAt?: number }, number> = async function* ({
  until,
  failAt,
}) {
  for (let value = 0; value < until; value++) {
    if (value === failAt) throw new RangeError(`no ${value}, after ${made}`);
    made += 1;
    yield value;
  }
};
