import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration/configurationError.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { openDataset, scoringOf, taskOf } from "../../src/tasks/taskRegistry.ts";
import { defaultRegime } from "../../src/world/regime.ts";

describe.each(["world", "machines"])("the regime of %s", (dataset) => {
  const data = (regime: object) => ({ dataset, worldSeed: 1, ...regime });

  it("is the presets' where nothing is said, and is written into the configuration", () => {
    expect(resolveConfiguration({ data: data({}) }).data).toEqual(data(defaultRegime));
  });

  it.each([
    [{ hops: 2 }, "data.hops"],
    [{ hops: 7 }, "data.hops: expected at most 6: a base of this size reads no longer chains"],
    [{ baseSearches: 0 }, "data.baseSearches"],
    [{ misleading: 1.1 }, "data.misleading"],
    [{ known: -0.1 }, "data.known"],
    [{ searchCost: 2 }, "data.searchCost: expected at most 1: a right answer is worth 1"],
    [{ corruptedReferences: 1.5 }, "data.corruptedReferences"],
    [{ silentFields: 0.6 }, "data.silentFields: expected at most 0.5"],
    [{ hop: 4 }, "data.hop: no such setting"],
  ])("is refused by field: %j", (regime, message) => {
    expect(() => resolveConfiguration({ data: data(regime) })).toThrow(ConfigurationError);
    expect(() => resolveConfiguration({ data: data(regime) })).toThrow(message);
  });

  it("of a longer chain wants as many searches and the room for them", () => {
    const chain = { data: data({ hops: 6 }) };
    expect(() => resolveConfiguration(chain)).toThrow(
      "environments.search.settings.maxCalls: expected at least 6 searches",
    );
    const search = { environments: { search: { maxCalls: 6 } } };
    expect(() => resolveConfiguration({ ...chain, ...search })).toThrow(
      "rollout.maxResponseTokens: expected at least 176",
    );
    const enough = { ...chain, ...search, rollout: { maxResponseTokens: 280 } };
    expect(resolveConfiguration(enough).data["hops"]).toBe(6);
  });

  it("opens as it is set, and says what a search costs", async () => {
    const open = async (regime: object) => (await openDataset(data(regime))).fingerprint;
    const fingerprints = await Promise.all([{}, { hops: 4 }, { known: 0.6 }, { corruptedReferences: 0.25 }].map(open));
    // What the base knows is no matter of the data set.
    expect(new Set(fingerprints).size).toBe(3);
    expect(scoringOf(data({})).searchCost).toBeUndefined();
    expect(scoringOf(data({ searchCost: 0.1 })).searchCost).toBe(0.1);
    expect(taskOf(data({ hops: 4 })).vocabulary?.().size).toBe((taskOf(data({})).vocabulary?.().size ?? 0) + 1);
  });
});
