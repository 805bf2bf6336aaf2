import { describe, expect, it } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolve.ts";
import { differingSettings } from "../../src/report/compareRuns.ts";

describe("two runs side by side", () => {
  const resolve = (overrides: object) => resolveConfiguration({ preset: "tiny", run: "a", ...overrides });

  it("differ in the settings that are not equal, by dotted name", () => {
    expect(differingSettings(resolve({}), resolve({ seed: 7, optimizer: { learningRate: 1e-3 }, run: "b" }))).toEqual([
      { name: "seed", values: ["1", "7"] },
      { name: "optimizer.learningRate", values: ["0.0004", "0.001"] },
    ]);
  });

  it("do not differ by their names alone", () => {
    expect(differingSettings(resolve({}), resolve({ run: "b" }))).toEqual([]);
  });
});
