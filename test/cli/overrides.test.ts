import { describe, expect, it } from "vitest";
import { parseAssignment } from "../../src/cli/overrides.ts";
import { mergeOverrides } from "../../src/configuration/mergeSettings.ts";

describe("settings from the command line", () => {
  it("reads a dotted name and a JSON value", () => {
    expect(parseAssignment("stages.reasoner.iterations=20")).toEqual({ stages: { reasoner: { iterations: 20 } } });
  });

  it("takes what is not JSON as text, equal signs included", () => {
    expect(parseAssignment("policy.model=a=b")).toEqual({ policy: { model: "a=b" } });
  });

  it.each(["nothing", "=3", "a..b=1", "__proto__.x=1"])("refuses %s and says how to write it", (assignment) => {
    expect(() => parseAssignment(assignment)).toThrow(/FIELD=VALUE/u);
  });

  it("lets later objects win field by field", () => {
    expect(
      mergeOverrides([
        { a: { b: 1, c: 2 }, d: [1] },
        { a: { c: 3 }, d: [2] },
      ]),
    ).toEqual({ a: { b: 1, c: 3 }, d: [2] });
  });
});
