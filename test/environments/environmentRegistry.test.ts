import { describe, expect, it } from "vitest";
import { z } from "zod";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import type { EnvironmentPart } from "../../src/environments/environment.ts";
import { addEnvironment, environments } from "../../src/environments/environmentRegistry.ts";

const chosen = (environments: unknown) =>
  resolveConfiguration({ run: "r", preset: "quick", environments }).environments;
const preset = { maxCalls: 4, passages: 2, maxPassageTokens: 32 };

describe("the environments of a configuration", () => {
  it("are the preset's, changed and added to by name", () => {
    expect(chosen({ search: {} })).toEqual([{ name: "search", settings: preset }]);
    expect(chosen({ search: { maxCalls: 1 }, calculator: {} })).toEqual([
      { name: "search", settings: { ...preset, maxCalls: 1 } },
      { name: "calculator", settings: { maxCalls: 4 } },
    ]);
  });

  it("are those of a list, with their own defaults", () => {
    expect(chosen(["calculator"])).toEqual([{ name: "calculator", settings: { maxCalls: 4 } }]);
    expect(chosen([])).toEqual([]);
  });

  it.each([
    [{}, "environments: an empty object changes nothing; give a list, or settings by name; known are search"],
    [
      ["calculater"],
      'environments.0.name: there is no environment "calculater"; known are search, calculator; did you mean "calculator"?',
    ],
    [{ calculator: { passages: 2 } }, "environments.calculator.settings.passages: no such setting; known are maxCalls"],
    [[{ name: "search", settings: { maxCalls: 99 } }], "environments.search.settings.maxCalls"],
    [{ search: { maxCalls: -1 } }, "got -1"],
    [["search", "search"], "environments.1.name: search is listed twice"],
    [{ search: 5 }, "environments.search.settings"],
    ["search", "environments: "],
  ])("are refused by field: %j", (given, message) => {
    expect(() => chosen(given)).toThrow(message);
  });
});

describe("an environment of one's own", () => {
  const part = (name: string, call: string, response: string): EnvironmentPart<Record<string, never>> => ({
    name,
    describe: "",
    tags: { call, response },
    settings: z.strictObject({}),
    create: () => {
      throw new Error("not used");
    },
  });

  it.each([
    [part("search", "look", "seen"), "the name is taken"],
    [part("look", "search", "seen"), "the tag <search> is taken"],
    [part("look", "think", "seen"), "the tag <think> is taken"],
    [part("look", "same", "same"), "the tag <same> is taken"],
    [part("look", "Look!", "seen"), 'its tag "Look!" is malformed'],
  ])("is refused by name where its name or a tag cannot be: %#", (one, message) => {
    expect(() => addEnvironment(one)).toThrow(message);
    expect(environments.names()).toEqual(["search", "calculator"]);
  });
});
