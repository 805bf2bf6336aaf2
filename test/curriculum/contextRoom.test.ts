import { describe, expect, test } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { refuseShortContext } from "../../src/curriculum/contextRoom.ts";
import { openDataset } from "../../src/tasks/taskRegistry.ts";

async function checking(model: string, maxResponseTokens: number): Promise<void> {
  const configuration = resolveConfiguration({
    preset: "tiny",
    run: "room",
    policy: { model },
    rollout: { maxResponseTokens },
  });
  return refuseShortContext(configuration, await openDataset(configuration.data));
}

describe("a model's context", () => {
  test("without room for a prompt and a response is refused before a run starts", async () => {
    await expect(checking("models/world-base", 250)).rejects.toThrow(
      /^rollout\.maxResponseTokens: the longest prompt has \d+ tokens and a response up to 250, .* 256 of the context/u,
    );
  });

  test.each([
    ["has the room", "models/world-base", 64],
    ["is not known before the model is fetched", "someone/something", 250],
  ])("that %s is let pass", async (_, model, tokens) => {
    await expect(checking(model, tokens)).resolves.toBeUndefined();
  });
});
