import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startModelServer, type ModelServer } from "../services/modelServer.ts";
import { temporaryFolder } from "../corpus/temporaryFolder.ts";
import { runProject } from "./command.ts";

const root = temporaryFolder();
const [files, corpus] = [join(root, "trials.jsonl"), join(root, "corpus")];
let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer(() => ({ content: `{"level": 8}` }));
  const records = Array.from({ length: 40 }, (_, id) =>
    JSON.stringify({ id, title: `Report ${id}`, content: `Urate of person ${id}.`, year: 2001 }),
  );
  await writeFile(files, [...records, "{"].join("\n"));
});
afterAll(() => server.close());

describe("npm run index, npm run search", () => {
  it("index files, with levels by a language model, and find passages by text, level and year", async () => {
    const arguments_ = [
      files,
      "--corpus",
      corpus,
      "--root",
      root,
      "--evidence-model",
      "grader",
      "--evidence-url",
      server.baseUrl,
      "--evidence-key",
      "none",
    ];
    const first = await runProject(["index", ...arguments_]);
    expect(first).toMatchObject({ code: 0 });
    expect(first.output).toContain("40 passages, 40 added, 0 removed, 1 records rejected");
    expect(first.output).toContain(`rejected: ${files}, line 41: not JSON`);
    expect(first.output).toContain("40 requests, 0 answers known before, 0 unusable, 400 tokens in, 200 out");
    expect((await runProject(["index", ...arguments_])).output).toContain("0 requests, 40 answers known before");
    const found = await runProject([
      "search",
      "evidence:high urate 7",
      "--corpus",
      corpus,
      "--top",
      "1",
      "--level",
      "8",
      "--since",
      "2001",
    ]);
    expect(found.output).toContain(
      "1. Report 7\n   level 8 (systematic-review): read by the language model grader · 2001 · trials",
    );
    expect(found.output).toContain("*Urate* of person *7*.");
    const tooHigh = await runProject(["search", "urate", "--corpus", corpus, "--level", "12"]);
    expect(tooHigh.errors).toContain("--level: a level of evidence of this corpus is from 1 to 9 (1 expert-opinion, 2");
    expect(tooHigh.code).toBe(2);
    expect((await runProject(["search", "urate", "--corpus", join(root, "copus")])).errors).toContain(
      'did you mean "corpus"?',
    );
  });

  it.each([
    ["index", ["nowhere", "--corpus", "c"], 2, /nowhere: no such file or folder$/],
    [
      "index",
      [files, "--corpus", "c", "--evidence-model", "m"],
      2,
      /--evidence-model and --evidence-url belong together/,
    ],
    ["search", ["urate", "--corpus", "c", "--level", "120"], 2, /^--level: expected a whole number from 1 to 100$/],
  ])("%s %j is refused in one plain message", async (name, words, code, message) => {
    const refused = await runProject([name, ...words]);
    expect(refused.errors.trim()).toMatch(message);
    expect(refused.code).toBe(code);
  });

  it.each(["/proc/corpus", join(files, "corpus")])(
    "refuses a place that cannot be written in plain words: %s",
    async (place) => {
      const { code, errors } = await runProject(["index", files, "--corpus", place]);
      expect(errors).toMatch(
        /^the corpus .* cannot be written \(E[A-Z]+: .*\); give its folder to this user, or choose another\n$/,
      );
      expect(code).toBe(2);
    },
  );
});
