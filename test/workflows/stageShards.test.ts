import { ApplicationFailure } from "@temporalio/activity";
import { describe, expect, it } from "vitest";
import { createScript } from "./scripted.ts";
import { runStage } from "./scriptedStage.ts";
import { useScripted } from "./scriptedWorkers.ts";

const play = useScripted();

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
    await runStage(play(script));
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
    await runStage(play(script));
    expect(script.calls.filter((name) => name === "sharePolicy")).toHaveLength(2);
    expect(script.scoredBatches).toEqual([2]);
  });
});
