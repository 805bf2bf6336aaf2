import { describe, expect, test } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { refuseTooFewQuestions } from "../../src/curriculum/enoughQuestions.ts";
import { questionOf } from "../rewards/subjects.ts";

const ask = (count: number) => Array.from({ length: count }, (_, index) => questionOf({ id: `q${index}` }));

function refuse(training: number, validation: number, heldOut: number, overrides: object = {}): void {
  refuseTooFewQuestions(resolveConfiguration({ preset: "tiny", run: "few", ...overrides }), {
    training: ask(training),
    validation: ask(validation),
    evaluation: [{ name: "one", questions: ask(heldOut) }],
    notes: ["3 held-out questions were left out.", "1 file was passed over"],
  });
}

describe("too few questions", () => {
  test.each([
    [0, 2, 2],
    [9, 0, 2],
    [9, 2, 0],
  ])("of a part are refused with the counts, and with what was left out: %i, %i, %i", (...counts) => {
    expect(() => refuse(...counts)).toThrow(
      `data: the data set's questions are ${counts[0]} for training, ${counts[1]} for validation and ${counts[2]} for evaluation. 3 held-out questions were left out. 1 file was passed over. Each needs`,
    );
  });

  test("for one iteration are refused, unless no responses are sampled", () => {
    expect(() => refuse(3, 1, 1, { rollout: { questions: 4 } })).toThrow(
      /^rollout\.questions: an iteration asks 4 .*--set rollout\.questions=3$/,
    );
    expect(() => refuse(3, 1, 1, { rollout: { questions: 3 } })).not.toThrow();
    expect(() => refuse(3, 1, 1, { rollout: { questions: 4 }, schedule: { name: "sft" } })).not.toThrow();
  });

  test("for evaluation do not matter where nothing is evaluated", () => {
    expect(() => refuse(9, 2, 0, { evaluation: { questions: 0 } })).not.toThrow();
  });
});
