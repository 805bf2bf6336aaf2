import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createRegistry, PartError, type Registry } from "../../src/parts/partRegistry.ts";

interface Greeter {
  readonly greet: () => string;
}

function greeters(): Registry<Greeter> {
  const registry = createRegistry<Greeter>("greeter");
  registry.add({
    name: "plain",
    describe: "Says a word.",
    settings: z.strictObject({ word: z.string().default("hello") }),
    create: ({ word }) => ({ greet: () => word }),
  });
  registry.add({
    name: "loud",
    describe: "Says it often.",
    settings: z.strictObject({ times: z.number().int().min(1).default(2) }),
    create: ({ times }) => ({ greet: () => "hey".repeat(times) }),
  });
  return registry;
}

const messages = (result: z.ZodSafeParseResult<unknown>): string[] =>
  result.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

describe("a registry of parts", () => {
  test("fills in the defaults of the chosen part and makes it", () => {
    const registry = greeters();
    const chosen = registry.Chosen.parse({ name: "loud" });
    expect(chosen).toEqual({ name: "loud", settings: { times: 2 } });
    expect(registry.create(chosen).greet()).toBe("heyhey");
    expect(registry.Chosen.parse("plain")).toEqual({ name: "plain", settings: { word: "hello" } });
  });

  test("refuses settings of another part by field", () => {
    expect(messages(greeters().Chosen.safeParse({ name: "plain", settings: { times: 3 } }))).toEqual([
      "settings.times: no such setting; known are word (greeter plain)",
    ]);
    expect(messages(greeters().Chosen.safeParse({ name: "loud", settings: { times: 0 } }))).toEqual([
      expect.stringMatching(/^settings\.times: .*greeter loud/u),
    ]);
  });

  test("refuses unknown names and says which are known", () => {
    expect(messages(greeters().Chosen.safeParse({ name: "quiet" }))).toEqual([
      'name: there is no greeter "quiet"; known are plain, loud',
    ]);
    expect(() => greeters().create({ name: "quiet", settings: {} })).toThrow(PartError);
  });

  test("takes no name twice, and no name that is none", () => {
    const part = { describe: "", settings: z.strictObject({}), create: () => ({ greet: () => "" }) };
    expect(() => greeters().add({ ...part, name: "plain" })).toThrow('greeter "plain": the name is taken');
    expect(() => greeters().add({ ...part, name: "../plain" })).toThrow("a name has 1 to 40 small letters");
  });
});
