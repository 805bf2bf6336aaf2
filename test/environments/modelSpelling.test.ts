import { describe, expect, test } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { refuseUnspelledModel } from "../../src/environments/modelSpelling.ts";

const worldBase = "models/world-base";

function checking(overrides: object): Promise<void> {
  return refuseUnspelledModel(resolveConfiguration({ preset: "tiny", run: "spelling", ...overrides }));
}

describe("a model that cannot spell a tag of a tool", () => {
  test.each(["built-in", worldBase])("is refused by the tag: %s", async (model) => {
    await expect(checking({ environments: ["search", "calculator"], policy: { model } })).rejects.toThrow(
      /^environments: .*<\/calculate>.*; leave the environment out, take a model that can spell its tags \(--model FOLDER\), or a data set whose base/u,
    );
  });

  test.each([
    ["knows all tags", { environments: ["search"], policy: { model: worldBase } }],
    ["is another world's built-in base", { data: { dataset: "machines", worldSeed: 7 } }],
    ["must first be fetched", { environments: ["calculator"], policy: { model: "someone/something" } }],
    ["learns its tags when it is made", { environments: ["calculator"], data: { dataset: "pubmedqa", path: "a" } }],
  ])("unlike one that %s", async (_, overrides) => {
    await expect(checking(overrides)).resolves.toBeUndefined();
  });
});
