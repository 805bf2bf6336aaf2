import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readCommittedView } from "../../src/trajectories/committedView.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { openTinkerSite, untilTraining, type TinkerSite } from "./tinkerSite.ts";

let place: TinkerSite;
beforeAll(async () => {
  place = await openTinkerSite("skyrl-train", 20);
});
afterAll(() => place?.close());

it("a run on a server that keeps weights apart to sample from samples each iteration but a stage's first one update behind, whatever dies, and plans say so", async () => {
  const handle = await place.start({ rollout: { staleness: 1 }, run: "ahead" });
  await untilTraining(handle, 1);
  place.site.killWorker();
  await handle.signal("pause");
  await handle.signal("resume");
  // Each meets the next request of its kind: a whole stage is still to come.
  place.fake.inject({ on: "forward", kind: "forget" }, { on: "optim_step", kind: "lost-after" });
  await handle.result();
  expect(place.fake.faultsLeft).toBe(0);
  const log = await openRunLog(join(place.site.root, "ahead"));
  const steps = await Promise.all(
    Array.from({ length: 6 }, async (_, step) => {
      const plan = await log.readPlan({ branch: "main", step });
      const metrics = (await log.readIteration({ branch: "main", step }))?.metrics ?? {};
      const gap = metrics["optim/log_probability_gap"] ?? NaN;
      return { planned: plan?.staleness ?? 0, measured: metrics["rollout/staleness"], isRight: gap < 1e-4 };
    }),
  );
  const view: Readonly<Record<string, unknown>> = { ...(await readCommittedView(log)) };
  log.close();
  const expected = [0, 1, 1, 0, 1, 1].map((staleness) => ({
    planned: staleness,
    measured: staleness,
    isRight: true,
  }));
  expect(steps).toEqual(expected);
  expect(view["steps"]).toHaveLength(6);
});
