import { describe, expect, it } from "vitest";
import { z } from "zod";
import { didYouMean } from "../../src/domain/nearest.mjs";
import { describeWrongFields, namingKnown } from "../../src/domain/wrongFields.ts";

describe("the nearest known name", () => {
  const known = ["start", "serve-ui", "trajectories", "samples"];

  it.each([
    ["strat", "start"],
    ["Start", "start"],
    ["serveui", "serve-ui"],
    ["trajectory", "trajectories"],
    ["samplse", "samples"],
  ])("of %s is %s", (name, nearest) => {
    expect(didYouMean(name, known)).toBe(`; did you mean "${nearest}"?`);
  });

  it.each(["", "x", "evaluate", "samples of quite another kind"])("of %j is none", (name) => {
    expect(didYouMean(name, known)).toBe("");
  });
});

describe("a refused input names what is known", () => {
  const schema = z.strictObject({
    run: z.string(),
    gate: z.strictObject({ otherwise: z.enum(["flag", "hold"]) }).optional(),
    data: z
      .discriminatedUnion("dataset", [
        z.strictObject({ dataset: z.literal("world") }),
        z.strictObject({ dataset: z.literal("files") }),
      ])
      .optional(),
  });
  const refusal = (input: unknown): string => {
    const { error } = schema.safeParse(input, { error: namingKnown });
    return error === undefined ? "" : describeWrongFields(error);
  };

  it.each([
    [{ run: "a", gaet: {} }, 'input: no such field "gaet"; known are run, gate, data; did you mean "gate"?'],
    [
      { run: "a", gate: { otherwise: "flga" } },
      'gate.otherwise: expected one of flag, hold, got "flga"; did you mean "flag"?',
    ],
    [{ run: "a", gate: { otherwise: 3 } }, "gate.otherwise: expected one of flag, hold, got 3"],
    [{ run: "a", gate: { otherwise: "flag", other: 1 } }, 'gate: no such field "other"; known are otherwise'],
    [
      { run: "a", data: { dataset: "wrold" } },
      'data.dataset: expected one of world, files, got "wrold"; did you mean "world"?',
    ],
    [{ run: 3 }, "run: Invalid input: expected string, received number"],
  ])("%j", (input, message) => {
    expect(refusal(input)).toBe(message);
  });
});
