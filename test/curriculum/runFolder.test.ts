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

  it.each(["", '{"run": "a", "pre'])("that was cut (%j) is told by its file, without a stack", async (text) => {
    await writeFile(join(folder, "configuration.json"), text);
    const error: unknown = await readConfiguration(folder).catch((thrown: unknown) => thrown);
    expect(describeFailure(error)).toMatch(/configuration\.json cannot be read .*put back a copy/u);
    expect(describeFailure(error)).not.toMatch(/^ +at /mu);
  });
});
