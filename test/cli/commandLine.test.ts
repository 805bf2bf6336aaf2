import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readAskOptions } from "../../src/cli/askOptions.ts";
import { readCompareOptions } from "../../src/cli/compareOptions.ts";
import { readSearchOptions } from "../../src/cli/searchOptions.ts";
import { Port, readCommandLine } from "../../src/cli/commandLine.ts";

const schema = z.strictObject({
  run: z.string(),
  port: Port.optional(),
  uiPort: Port.optional(),
  limit: z.coerce.number({ error: "expected a number" }).max(10),
  words: z.array(z.string()).length(1),
});
const read = (...words: readonly string[]) =>
  readCommandLine(
    new Command("look")
      .requiredOption("--run <name>")
      .option("--limit <number>", "", "5")
      .option("--root <folder>")
      .option("--port <number>")
      .option("--ui-port <number>")
      .argument("<question>"),
    schema,
    words,
  );

describe("a command line", () => {
  it("is read by its schema", () => {
    expect(read("--run", "a", "what?")).toEqual({ run: "a", limit: 5, words: ["what?"] });
    expect(read("--run", "a", "--port", "0", "--ui-port", "0", "what?")).toMatchObject({ port: 0, uiPort: 0 });
  });

  it.each([
    [["what?"], "--run"],
    [["--run", "a"], "question"],
    [["--run", "a", "--limit", "many", "what?"], "--limit: expected a number"],
    [["--run", "a", "--limit", "11", "what?"], "--limit"],
    [["--run", "a", "--limit", "", "what?"], "--limit: expected a value, got nothing"],
    [["--run", "a", "--root", "s3://bucket/runs", "what?"], "--root: s3://bucket/runs is an address"],
    [["--run", "a", "--port", "8233", "--ui-port", "08233", "what?"], "--port, --ui-port: both are 8233"],
    [["--run", " ", "what?"], "--run: expected a value, got nothing"],
    [["--run", "a", "--unknown", "what?"], "--unknown"],
  ])("is refused by name: %j", (words, named) => {
    expect(() => read(...words)).toThrow(named);
  });
});

describe("what is asked", () => {
  it("is not empty, and two runs are two", () => {
    expect(() => readAskOptions(["--run", "a", " "])).toThrow("the question is empty");
    expect(() => readSearchOptions([""])).toThrow("the query is empty");
    expect(() => readCompareOptions(["a", "a"])).toThrow("got one of them twice");
    expect(readCompareOptions(["a", "b"])).toMatchObject({ words: ["a", "b"] });
  });
});
