import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCommittedView } from "../../src/trajectories/committedView.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { openTinkerSite, tinkerKey, tinkerSettings, untilTraining, type TinkerSite } from "./tinkerSite.ts";

/** The server samples from the weights that it trains. */
let place: TinkerSite;
beforeAll(async () => {
  place = await openTinkerSite("skyrl-jax");
});
afterAll(() => place?.close());

describe("a run over a Tinker server", () => {
  it.each([
    ["a setting that the server would pass over", { optimizer: { gradientClip: 1 } }, "optimizer.gradientClip 1"],
    [
      "a term that no server computes",
      { algorithm: { name: "grpo", settings: { entropyCoefficient: 0.1 } } },
      "entropyCoefficient",
    ],
    [
      "sampling beside an update where one set of weights does both",
      { rollout: { staleness: 1 } },
      "rollout.staleness",
    ],
    ["a model that it does not have", { policy: { ...tinkerSettings.policy, model: "fake/other" } }, "fake/other"],
    ["full weights where it has adapters", { policy: { ...tinkerSettings.policy, rank: 0 } }, "policy.rank"],
    [
      "a server that the operator does not list",
      { policy: { ...tinkerSettings.policy, server: "elsewhere" } },
      "elsewhere",
    ],
  ])("is refused before its start: %s", async (_, changes, words) => {
    const handle = await place.start({ ...changes, run: "refused" });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: "BadInput", message: expect.stringContaining(words) },
    });
  });

  it("takes each step once, though its worker is killed, the server forgets its models and answers are lost", async () => {
    const handle = await place.start({ run: "trained" });
    await untilTraining(handle, 1);
    place.site.killWorker();
    // At once: between the reports of a fast run there would be no time for them.
    place.fake.inject({ on: "forward", kind: "forget" });
    place.fake.inject({ on: "optim_step", kind: "lost-after" });
    await handle.result();
    const log = await openRunLog(join(place.site.root, "trained"));
    const view: Readonly<Record<string, unknown>> = { ...(await readCommittedView(log)) };
    log.close();
    expect(view["steps"]).toHaveLength(6);
    expect(place.fake.faultsLeft).toBe(0);
    expect(JSON.stringify(view)).not.toContain(tinkerKey);
  });
});
