import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nightly } from "../../temporal.config.ts";
import { createNamespace, type TestNamespace } from "./namespace.ts";

let place: TestNamespace;
beforeAll(async () => {
  place = await createNamespace();
});
afterAll(() => place.close());

async function apply(): Promise<string> {
  const environment = { ...process.env, TEMPORAL_ADDRESS: place.address, TEMPORAL_NAMESPACE: place.namespace };
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "src/cli/schedules.ts"], {
    env: environment,
  });
  return stdout;
}

describe("npm run schedules", () => {
  it("makes the nightly schedule, and once more leaves one, with a pause set by hand", async () => {
    expect(await apply()).toContain("created");
    const handle = place.client.schedule.getHandle(nightly.scheduleId);
    await handle.pause("maintenance");
    expect(await apply()).toContain("updated");
    const { policies, state, action } = await handle.describe();
    expect(state).toMatchObject({ paused: true, note: "maintenance" });
    expect(policies).toMatchObject({ overlap: "SKIP", catchupWindow: 12 * 3_600_000, pauseOnFailure: false });
    expect(action).toMatchObject({ workflowType: "nightlyEvaluation", args: [nightly.input] });
  });
});
