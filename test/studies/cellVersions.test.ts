import { describe, expect, it } from "vitest";
import { splitVersions, versionsOf } from "../../src/studies/cellVersions.ts";

describe("what a study's run was run on", () => {
  const worker = { package: "0.1.0", node: "20.20.2", processor: "one", commit: "abc" };

  it("is what its workers noted, each value once", () => {
    expect(versionsOf([worker, { ...worker, commit: "def" }, { ...worker, processor: null }])).toEqual({
      package: "0.1.0",
      node: "20.20.2",
      processor: "one + not known",
      commit: "abc + def",
    });
    expect(splitVersions("abc + def")).toEqual(["abc", "def"]);
  });

  it("is not known where none was noted", () => {
    expect(versionsOf([])).toEqual({ package: null, node: null, processor: null, commit: null });
    expect(versionsOf([{ ...worker, commit: null }]).commit).toBeNull();
    expect(splitVersions(null)).toEqual(["not known"]);
  });
});
