import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { whileClaimed } from "../../src/cli/commandClaim.ts";
import { readClaim, replaceClaim } from "../../src/trajectories/claim.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-command-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (): Promise<boolean> => Promise.resolve(true);
const closed = (): Promise<boolean> => Promise.resolve(false);

describe("a command that works in a run", () => {
  it("leaves alone what an open workflow or another command holds", async () => {
    await replaceClaim(folder, 0, {
      holder: "curriculum-one",
      members: {},
      since: new Date().toISOString(),
      until: null,
    });
    expect(await whileClaimed(folder, "prune", open, () => Promise.resolve("done"))).toBeNull();
    const second = await whileClaimed(folder, "prune", closed, () =>
      whileClaimed(folder, "prune", closed, () => Promise.resolve("done")),
    );
    expect(second).toBeNull();
  });

  it("holds the run while it works and not longer, also when it fails", async () => {
    const holder = await whileClaimed(folder, "prune", closed, async () => (await readClaim(folder)).claim?.holder);
    expect(holder).toMatch(/^prune on .*, process \d+$/u);
    await expect(whileClaimed(folder, "prune", closed, () => Promise.reject(new Error("full")))).rejects.toThrow(
      "full",
    );
    expect(await whileClaimed(folder, "prune", closed, () => Promise.resolve("done"))).toBe("done");
  });
});
