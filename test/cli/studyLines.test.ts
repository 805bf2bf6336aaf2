import { describe, expect, it } from "vitest";
import { describeStudy } from "../../src/cli/studyLines.ts";
import type { StudyProgress } from "../../src/studies/studyProgress.ts";

const progress: StudyProgress = {
  phase: "running",
  total: 4,
  finished: 2,
  failed: 0,
  held: 0,
  atWork: [{ run: "mine-1", label: "joint, world 2, seed 2", waits: null }],
  secondsLeft: 23,
  spent: null,
  message: "",
  waitsForPerson: false,
  acts: [],
};

describe("the line of a study", () => {
  it("tells the time left while a run trains", () => {
    expect(describeStudy(progress, { line: "stage all training 1/2", phase: "training" })).toBe(
      "2 of 4 runs · about 23 s left · joint, world 2, seed 2 · stage all training 1/2",
    );
  });

  it("tells none while a run makes its base, which finished runs may have found made", () => {
    expect(describeStudy(progress, { line: "base · supervised training, step 40 of 900", phase: "base" })).toBe(
      "2 of 4 runs · joint, world 2, seed 2 · base · supervised training, step 40 of 900",
    );
  });
});
