import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chooseRun } from "../../src/cli/chooseRun.ts";
import { CliError } from "../../src/cli/cliError.ts";
import { readStartOptions } from "../../src/cli/startOptions.ts";
import { runProject, type CommandOutcome } from "./command.ts";

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-cli-"));
  root = join(folder, "runs");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function start(...options: string[]): Promise<CommandOutcome> {
  return runProject(["start", "--root", root, ...options]);
}

/** What the command answers before it starts anything, without its process: `npm start` itself is one call of these. */
async function refusal(...options: string[]): Promise<CliError> {
  try {
    const chosen = readStartOptions(["--root", root, ...options], "/no/default");
    if (chosen !== null) await chooseRun(chosen, chosen.root);
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("npm start refuses bad input with exit code 2 before anything is written", () => {
  it.each([
    ["an unknown option", ["--presett", "quick"], /unknown option '--presett'/u],
    [
      "an unknown preset",
      ["--preset", "quik"],
      /preset: there is no "quik"; known are .*quick.*; did you mean "quick"\?/u,
    ],
    ["a wrong field", ["--set", "rollout.samplse=4"], /rollout\.samplse: no such setting.*; did you mean "samples"\?/u],
    ["a value out of range", ["--set", "rollout.samples=1"], /rollout\.samples: .*2/u],
    ["a value of the wrong type", ["--set", "seed=one"], /seed: .*number/u],
    [
      "an unknown schedule",
      ["--schedule", "stagd"],
      /schedule\.name: there is no schedule "stagd"; known are staged, joint, .*; did you mean "staged"\?/u,
    ],
    ["a run name that leads out of the root", ["--run", "../else"], /--run: use 1 to 63 lower-case letters/u],
    ["a data set without its folder", ["--dataset", "pubmedqa"], /--data FOLDER/u],
    [
      "own files without their corpus",
      ["--dataset", "files", "--questions", "q.jsonl"],
      /--dataset files needs --questions FILE.* and --corpus PATH/u,
    ],
    ["an option of another data set", ["--corpus", "books"], /--corpus belongs to files: add --dataset files/u],
    [
      "missing questions",
      ["--dataset", "files", "--questions", "/nowhere.jsonl", "--corpus", "/nowhere"],
      /\/nowhere\.jsonl/u,
    ],
    ["a missing data folder", ["--dataset", "pubmedqa", "--data", "/nowhere"], /\/nowhere: no such file or folder/u],
    [
      "a missing model folder",
      ["--model", "/nowhere"],
      /--model \/nowhere: there is no such folder.*config\.json.*safetensors/u,
    ],
    ["a folder that holds no model", ["--model", tmpdir()], /--model .*it lacks config\.json/u],
    ["a missing settings file", ["--config", "/nowhere.json"], /--config \/nowhere\.json: no such file or folder/u],
    ["a resume without a run", ["--resume"], /there is no unfinished run/u],
    ["a resume with other settings", ["--resume", "--seed", "3"], /leave out seed/u],
    ["a seed of an unset variable", ["--seed", ""], /--seed: expected a value, got nothing/u],
    ["a port out of range", ["--port", "70000"], /--port: /u],
  ])("%s", async (_, options, message) => {
    expect(await refusal(...options)).toMatchObject({
      message: expect.stringMatching(message) as unknown,
      exitCode: 2,
    });
    expect(existsSync(root)).toBe(false);
  });

  it("in a process as in this one: the message alone, and the exit code", async () => {
    const { code, errors } = await start("--preset", "quik");
    expect(errors).toMatch(/^preset: there is no "quik".*\n$/u);
    expect(code).toBe(2);
    expect(existsSync(root)).toBe(false);
  });

  it("a malformed row of the data, with its file and line", async () => {
    const data = join(folder, "data");
    await mkdir(data);
    await writeFile(join(data, "ori_pqal.json"), '{\n  "1": {\n    "QUESTION": 3\n  }\n}\n');
    expect(await refusal("--dataset", "pubmedqa", "--data", data)).toMatchObject({
      message: expect.stringMatching(/ori_pqal\.json, line 2/u) as unknown,
      exitCode: 2,
    });
    expect(existsSync(root)).toBe(false);
  });

  describe("what own files lack", () => {
    const rows = (count: number): string =>
      Array.from({ length: count }, (_, index) =>
        JSON.stringify({ id: `q${index}`, question: `What treats disease ${index}?`, answer: `drug ${index}` }),
      ).join("\n");
    const files = async (questions: string, corpus: Readonly<Record<string, string>>): Promise<string[]> => {
      await mkdir(join(folder, "corpus"));
      await writeFile(join(folder, "questions.jsonl"), questions);
      for (const [name, text] of Object.entries(corpus)) await writeFile(join(folder, "corpus", name), text);
      const given = ["--questions", join(folder, "questions.jsonl"), "--corpus", join(folder, "corpus")];
      return ["--preset", "tiny", "--dataset", "files", ...given];
    };

    it.each([[[]], [["--dry-run"]]])("questions of one part, with the counts %j", async (more) => {
      const { message, exitCode } = await refusal(...(await files(rows(2), { "book.txt": "Rest is good." })), ...more);
      expect(message).toMatch(
        /^data: the data set's questions are \d for training, \d for validation and \d for evaluation/u,
      );
      expect(exitCode).toBe(2);
      expect(existsSync(root)).toBe(false);
    });

    it.each([
      [
        "a cut parquet file",
        "book.parquet",
        "PAR1 cut",
        /book\.parquet: cannot be read on after 0 records \(not a parquet file/u,
      ],
      ["a packed file that is none", "book.jsonl.gz", "no gzip", /book\.jsonl\.gz: cannot be read on after 0 records/u],
      ["records that are none", "book.jsonl", '{"id": "1"}', /1 of 1 records could not be read.*book\.jsonl, line 1/u],
      ["a file without a text", "book.txt", "", /1 of 1 records could not be read.*book\.txt/u],
    ])("%s of the corpus, also in a dry run", async (_, name, text, message) => {
      const given = await files(rows(40), { [name]: text });
      for (const more of [[], ["--dry-run"]])
        expect(await refusal(...given, ...more)).toMatchObject({
          message: expect.stringMatching(message) as unknown,
          exitCode: 2,
        });
      expect(existsSync(root)).toBe(false);
    });
  });

  it("the name of a run that exists, and says how to go on with it", async () => {
    await mkdir(join(root, "mine"), { recursive: true });
    const { message, exitCode } = await refusal("--run", "mine");
    expect(message).toContain("npm start -- --resume --run mine");
    expect(exitCode).toBe(2);
  });
});

describe("npm start", () => {
  it("says which option helps when the root cannot be made", async () => {
    const { code, errors } = await start("--root", "/dev/null/runs");
    expect(errors).toMatch(/^ENOTDIR.*\nThe folder cannot be written\. Choose another with --root DIR\.\n$/u);
    expect(code).toBe(1);
  });

  it("says which option helps when a port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const { code, errors } = await start("--preset", "tiny", "--port", String(port), "--ui-port", "0");
      expect(errors).toContain(`port ${port}`);
      expect(errors).toContain("--port");
      expect(code).toBe(1);
    } finally {
      other.close();
    }
  });
});

describe("the other commands", () => {
  it("lists the commands when there is no such one", async () => {
    const { code, errors } = await runProject(["strat"]);
    expect(errors).toMatch(/Unknown command "strat"; did you mean "start"\? .*start, serve-ui, test, bench/u);
    expect(code).toBe(2);
  });

  it("lists the benches when there is no such one", async () => {
    const { code, errors, output } = await runProject(["bench", "quik", "--json"]);
    expect(errors).toMatch(/Unknown bench "quik"; did you mean "quick"\?.*quick/u);
    expect(output).toBe("");
    expect(code).toBe(2);
  });
});
