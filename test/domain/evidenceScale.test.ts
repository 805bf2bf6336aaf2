import { describe, expect, test } from "vitest";
import { bandLevels, bandWords, EvidenceScale, levelName, levelWeight } from "../../src/domain/evidenceScale.ts";
import { medicalScale } from "../../src/tasks/medical/medicalEvidenceScale.ts";

const scale = {
  name: "reliability",
  measure: "reliability of a source",
  levels: [
    { name: "forum-post", weight: 0.1 },
    { name: "handbook", weight: 0.5 },
    { name: "official-record", weight: 1 },
  ],
  unknownWeight: 0.2,
  bands: [
    { word: "official", lowest: 3, highest: 3 },
    { word: "any", lowest: 1, highest: 3 },
  ],
};

describe("a scale", () => {
  test("names and weighs its levels from 1, and says what an unknown one counts", () => {
    expect([1, 3].map((level) => levelName(scale, level))).toEqual(["forum-post", "official-record"]);
    expect([1, 2, null].map((level) => levelWeight(scale, level))).toEqual([0.1, 0.5, 0.2]);
    expect(() => levelName(scale, 4)).toThrow("a reliability of a source is from 1 to 3, got 4");
    expect(() => levelWeight(scale, 0)).toThrow(RangeError);
  });

  test("knows the levels of its bands", () => {
    expect(bandWords(scale)).toEqual(["official", "any"]);
    expect(bandLevels(scale, "official")).toEqual({ lowest: 3, highest: 3 });
    expect(() => bandLevels(scale, "high")).toThrow("high names no band of reliability; known are official, any");
  });

  test.each([
    ["levels.1.name", { levels: [scale.levels[0], scale.levels[0], scale.levels[2]] }],
    ["levels.1.weight", { levels: scale.levels.toReversed().slice(0, 2), bands: [] }],
    ["levels", { levels: scale.levels.slice(0, 1) }],
    ["bands.0", { bands: [{ word: "all", lowest: 1, highest: 4 }] }],
    ["bands.0", { bands: [{ word: "all", lowest: 2, highest: 1 }] }],
    ["bands.1.word", { bands: [scale.bands[0], { ...scale.bands[1], word: "official" }] }],
    ["bands.0.word", { bands: [{ ...scale.bands[0], word: "two words" }] }],
    ["unknownWeight", { unknownWeight: 1.5 }],
  ])("is refused at %s", (place, wrong) => {
    const { error } = EvidenceScale.safeParse({ ...scale, ...wrong });
    expect(error?.issues.map(({ path }) => path.join("."))).toContain(place);
  });
});

test("the medical scale is the hierarchy of docs/method.md: nine levels that count level ÷ 9, an unknown one as the lowest", () => {
  expect(EvidenceScale.parse(medicalScale)).toEqual(medicalScale);
  expect(medicalScale.levels.map(({ weight }) => weight)).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((level) => level / 9),
  );
  expect([levelName(medicalScale, 9), levelName(medicalScale, 1)]).toEqual(["meta-analysis", "expert-opinion"]);
  expect(levelWeight(medicalScale, null)).toBe(1 / 9);
  expect(bandWords(medicalScale)).toEqual(["high", "mid", "low"]);
});
