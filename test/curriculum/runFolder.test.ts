import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeFailure } from "../../src/cli/cliError.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { readConfiguration } from "../../src/curriculum/runFolder.ts";
import { temporaryFolder } from "../corpus/temporaryFolder.ts";

const folder = temporaryFolder();

describe("the configuration of a run", () => {
  it("comes back as it was resolved", async () => {
    const configuration = resolveConfiguration({ preset: "tiny" });
    await writeFile(join(folder, "configuration.json"), JSON.stringify(configuration));
    expect(await readConfiguration(folder)).toEqual(configuration);
  });

  it("of another version is told by its file, without a stack", async () => {
    const { semanticEncoder: _, ...earlier } = resolveConfiguration({ preset: "tiny" });
    await writeFile(join(folder, "configuration.json"), JSON.stringify(earlier));
    const error: unknown = await readConfiguration(folder).catch((thrown: unknown) => thrown);
    expect(describeFailure(error)).toMatch(/configuration\.json cannot be used by this version/u);
    expect(describeFailure(error)).not.toMatch(/^ +at /mu);
  });

  it.each([
    ["schedule", { schedule: { name: "two-phase", settings: {} } }],
    ["algorithm", { algorithm: { name: "loo-dr", settings: {} } }],
    ["environment", { environments: [{ name: "interactions", settings: {} }] }],
    ["reward", { rewards: { custom: [{ name: "grounded-reasoning", settings: {}, weight: null }] } }],
    ["engine", { policy: { engine: "unigram" } }],
    ["task", { data: { dataset: "triage", file: "/triage.csv" } }],
  ])(
    "with a part (%s) of an extension that is not loaded says so, and not that the version is wrong",
    async (kind, part) => {
      const configuration = resolveConfiguration({ preset: "tiny" });
      const [[key, value] = ["", {}]] = Object.entries(part);
      const saved = Array.isArray(value)
        ? value
        : { ...(configuration[key as keyof typeof configuration] as object), ...value };
      await writeFile(join(folder, "configuration.json"), JSON.stringify({ ...configuration, [key]: saved }));
      const told = describeFailure(await readConfiguration(folder).catch((thrown: unknown) => thrown));
      expect(told).toMatch(/configuration\.json cannot be used here: .* set MED_R3_EXTENSIONS to the folder/u);
      expect(told).toContain(`there is no ${kind} `);
      expect(told).not.toContain("version");
    },
  );

  it.each(["", '{"run": "a", "pre'])("that was cut (%j) is told by its file, without a stack", async (text) => {
    await writeFile(join(folder, "configuration.json"), text);
    const error: unknown = await readConfiguration(folder).catch((thrown: unknown) => thrown);
    expect(describeFailure(error)).toMatch(/configuration\.json cannot be read .*put back a copy/u);
    expect(describeFailure(error)).not.toMatch(/^ +at /mu);
  });
});
