import { ApplicationFailure } from "@temporalio/activity";
import { afterEach, describe, expect, it } from "vitest";
import { queues } from "../../temporal.config.ts";
import { createScript, type Script } from "./scripted.ts";
import { startScripted, type ScriptedWorkers } from "./scriptedWorkers.ts";

let workers: ScriptedWorkers | undefined;
afterEach(async () => {
  await workers?.stop();
  workers = undefined;
});

const stageId = "curriculum-scripted-stage-reasoner";

async function runStage(
  script: Script,
  input: Record<string, unknown>,
  options: Parameters<typeof startScripted>[1] = {},
): Promise<unknown> {
  workers = await startScripted(script, options);
  return workers.client.workflow.execute("stage", {
    workflowId: stageId,
    taskQueue: queues.cpu,
    args: [{ run: "scripted", stage: "reasoner", ...input }],
  });
}

describe("a stage whose rollouts are in shards", () => {
  it("hands shards to any gpu process, scores each while others are sampled, and plans in the shards' order", async () => {
    const script = createScript(2);
    script.shards = 3;
    script.questionsWanted.push(2);
    // The first shard ends when the last one is scored.
    script.before = async (name) => {
      if (name !== "rollOutShard 0 of 3") return;
      await expect.poll(() => script.calls, { timeout: 60_000 }).toContain(`scoreBatches ${script.done[0]}.0.2`);
    };
    await runStage(script, {});
    expect(script.scoredBatches).toEqual([3, 5, 3]);
    expect(script.batches).toEqual(["1.0.0", "1.0.1", "1.0.2"]);
    expect(script.calls.filter((name) => name.endsWith("of 2"))).toHaveLength(2);
    // The update shares the policy of the next iteration itself.
    expect(script.calls.filter((name) => name === "sharePolicy")).toHaveLength(1);
  });

  it("shares the policy anew when no process of the engine that shared it is left", async () => {
    const script = createScript(1);
    script.shards = 2;
    let refused = false;
    script.before = (name) => {
      if (refused || name !== "rollOutShard 1 of 2") return;
      refused = true;
      throw ApplicationFailure.nonRetryable("this is another engine", "OtherEngine");
    };
    await runStage(script, {});
    expect(script.calls.filter((name) => name === "sharePolicy")).toHaveLength(2);
    expect(script.scoredBatches).toEqual([2]);
  });
});
