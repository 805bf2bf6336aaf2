import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { shownCommands } from "../docs/shownCommands.ts";
import { runProject, type CommandOutcome } from "./command.ts";

// Each of these starts a server and workers of its own, several times. Runs that are interrupted are long enough to
// be under way on a fast machine, too, and interrupted at the first progress of theirs that is shown: it is looked at
// every two seconds.
vi.setConfig({ testTimeout: 300_000 });

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "med-r3-run-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A first stage that is long enough to be interrupted, little else. */
const short = ["reasoner.iterations=20", "retriever.iterations=1", "collaboration.iterations=1"]
  .map((one) => `stages.${one}`)
  .concat("evaluation.questions=1", "gate.questions=2")
  .flatMap((one) => ["--set", one]);
const anyPorts = ["--port", "0", "--ui-port", "0"];

function start(options: readonly string[], interruptAt?: RegExp): Promise<CommandOutcome> {
  return runProject(["start", "--root", root, ...anyPorts, ...options], interruptAt);
}

/** What README's commands about finished runs print. */
const answers: Readonly<Record<string, RegExp>> = {
  trajectories: /stage reasoner, iteration \d+ .*\n/u,
  ask: /\S/u,
  compare: /held-out-diseases/u,
};

describe("npm start, from Ctrl-C to the report", () => {
  it("stops in order at Ctrl-C and says how to go on", async () => {
    const { code, output } = await start(["--preset", "tiny", ...short], /evaluating base|stage reasoner training/u);
    expect(output).toContain("npm start -- --resume --run tiny-1");
    expect(code).toBe(130);
    expect(existsSync(join(root, ".server", "server.json"))).toBe(false);
  });

  it("puts an unfinished run aside for a new one under the next free name, and answers in JSON", async () => {
    const { code, output, errors } = await start([
      "--preset",
      "tiny",
      ...["stages.retriever.iterations=0", "stages.collaboration.iterations=0", "evaluation.questions=1"].flatMap(
        (one) => ["--set", one],
      ),
      "--json",
    ]);
    expect(errors).toContain("--resume --run tiny-1");
    expect(code).toBe(0);
    const result = JSON.parse(output) as { run: string; evaluations: { pool: string; stage: number }[] };
    expect(result.run).toBe("tiny-2");
    expect(result.evaluations.map(({ stage }) => stage)).toContain(1);
  });

  it("goes on with --resume, and ends with the table and the report", async () => {
    const { code, output } = await start(["--resume"]);
    expect(output).toMatch(/accuracy +base +after reasoner +after retriever +after collaboration/u);
    expect(output).toMatch(/held-out-diseases +\d+\.\d % \(\d/u);
    expect(code).toBe(0);
    expect(await readFile(join(root, "tiny-1", "report.html"), "utf8")).toContain("held-out-specialties");
  });

  it("refuses a question that leaves no room for an answer, in one line", async () => {
    const { code, errors } = await runProject(["ask", "--root", root, "--run", "tiny-1", "fever ".repeat(300)]);
    expect(errors.trim()).toMatch(/^the question is too long for this model: .* exceed the model's \d+ positions$/u);
    expect(code).toBe(2);
  });

  it("refuses a place for what it exports, and a corpus inside a run, by the option's name", async () => {
    for (const place of [join(root, "nowhere", "x.jsonl"), join(root, "tiny-1", "report.html", "x.jsonl")]) {
      const { code, errors } = await runProject(["trajectories", "--root", root, "--run", "tiny-1", "--export", place]);
      expect(errors.trim()).toMatch(/^--export: .* cannot be written; choose a file in a folder that is there$/u);
      expect(code).toBe(2);
    }
    for (const place of [join(root, "tiny-1"), join(root, "tiny-1", "new", "corpus")]) {
      const { code, errors } = await runProject(["index", "README.md", "--corpus", place]);
      expect(errors.trim()).toBe(
        `--corpus: ${place} belongs to the run in ${join(root, "tiny-1")}; choose a folder of its own`,
      );
      expect(code).toBe(2);
    }
  });

  it("shows what was sampled, and exports it as JSON lines", async () => {
    const file = join(root, "trajectories.jsonl");
    const { code } = await runProject(["trajectories", "--root", root, "--run", "tiny-1", "--export", file]);
    expect(code).toBe(0);
    const lines = (await readFile(file, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({
      step: 0,
      branch: "main",
      score: { total: expect.any(Number) },
      advantage: expect.any(Number),
    });
  });

  it.each(
    shownCommands().filter(
      ({ page, name }) => page === "README.md" && ["trajectories", "ask", "compare"].includes(name),
    ),
  )("answers to README's $line", async ({ name, words }) => {
    const ours = words.map((word) => word.replace("quick-", "tiny-"));
    const { code, output, errors } = await runProject([name, ...ours], undefined, { MED_R3_ROOT: root });
    expect(errors).toBe("");
    expect(output).toMatch(answers[name] ?? /never/u);
    expect(code).toBe(0);
  });
});
