import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../../src/launch/commands.mjs";
import { projectFolder, runProject, type CommandOutcome } from "./command.ts";

/** Packages whose loading alone takes longer than a person waits for help. */
const heavy = /@lancedb\/|onnxruntime-node|@temporalio\/|apache-arrow|@opentelemetry\//u;
const run = (...words: string[]): Promise<CommandOutcome> =>
  runProject(words, undefined, { NODE_OPTIONS: `--import=${join(projectFolder, "test/cli/loadedPackages.mjs")}` });

describe("--help", () => {
  it.each(Object.keys(commands))("of %s says how it is used without loading what its work needs", async (name) => {
    const { code, output, errors } = await run(name, "--help");
    expect(output).toMatch(new RegExp(`^Usage: npm (?:run )?${name} -- .*\\[options\\]`, "u"));
    expect(errors).toContain("loaded: ");
    expect(errors).not.toMatch(heavy);
    expect(code).toBe(0);
  });

  it("is quick for a reason that is seen: the work itself loads such packages", async () => {
    const root = await mkdtemp(join(tmpdir(), "med-r3-help-"));
    const { code, errors } = await run("prune", "--root", root);
    expect(errors).toContain("there are no runs");
    expect(errors).toMatch(heavy);
    expect(code).toBe(2);
    await rm(root, { recursive: true });
  });
});
