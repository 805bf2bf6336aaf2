import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { claimHasEnded } from "../../activities/claims.ts";
import { replaceClaim } from "../../src/trajectories/claim.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-claims-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const claim = (number: number, holder: string): Promise<boolean> =>
  replaceClaim(folder, number, {
    holder,
    members: { [holder]: "run", [`${holder}-stage`]: "run" },
    since: new Date(0).toISOString(),
    until: null,
  });

it("a claim has ended for its holder and the holder's children once another one took its place", async () => {
  await claim(0, "curriculum");
  await claim(1, "evaluation");
  expect(await claimHasEnded(folder, "curriculum")).toBe(true);
  expect(await claimHasEnded(folder, "curriculum-stage")).toBe(true);
});

it("a workflow that claimed nothing has ended no claim", async () => {
  expect(await claimHasEnded(folder, "curriculum")).toBe(false);
  await claim(0, "curriculum");
  expect(await claimHasEnded(folder, "night")).toBe(false);
});
