import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readClaim, replaceClaim, type Claim } from "../../src/trajectories/claim.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-claim-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const claimOf = (holder: string): Claim => ({
  holder,
  members: { [holder]: "run" },
  since: new Date(0).toISOString(),
  until: null,
});

describe("a folder's claim", () => {
  test("is none at first, then the newest", async () => {
    expect(await readClaim(folder)).toEqual({ number: 0, claim: null });
    expect(await replaceClaim(folder, 0, claimOf("one"))).toBe(true);
    expect(await replaceClaim(folder, 1, claimOf("two"))).toBe(true);
    expect(await readClaim(folder)).toEqual({ number: 2, claim: claimOf("two") });
    expect(await readClaim(folder, 1)).toEqual({ number: 1, claim: claimOf("one") });
  });

  test("goes to exactly one of many who want it at once, and to none who saw an older one", async () => {
    const holders = Array.from({ length: 20 }, (_, index) => `holder-${index}`);
    const won = await Promise.all(holders.map((holder) => replaceClaim(folder, 0, claimOf(holder))));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await readClaim(folder)).claim?.holder).toBe(holders[won.indexOf(true)]);
    expect(await replaceClaim(folder, 0, claimOf("late"))).toBe(false);
  });

  test("is not disturbed by what a process left behind that died while it took one", async () => {
    await mkdir(join(folder, "claims", ".unfinished-dead"), { recursive: true });
    expect(await replaceClaim(folder, 0, claimOf("one"))).toBe(true);
    expect((await readClaim(folder)).number).toBe(1);
  });
});
