import { expect, it } from "vitest";
import { describeProgress } from "../../src/cli/display.ts";
import { createRetryTeller } from "../../src/cli/pendingWork.ts";

const deceiving = "no \u001b[2Jroom\nAll is well\u202e";

it("the cause of a new attempt stands in one line of ours, whatever it holds", () => {
  const work = { id: "a", activity: "update", attempt: 2, cause: deceiving, doing: null };
  expect(createRetryTeller()([work])).toEqual([
    "update is tried again (attempt 2); the one before ended: no ⟨U+001B⟩[2Jroom All is well⟨U+202E⟩",
  ]);
});

it("so does what the work says it does", () => {
  const progress = { stage: null, iteration: 0, iterations: 0, iterationsDone: 0, iterationsTotal: 0 };
  const told = {
    ...progress,
    phase: "training" as const,
    reward: null,
    accuracy: null,
    secondsLeft: null,
    spent: null,
    message: "waits",
  };
  expect(describeProgress({ ...told, waitsForPerson: false, acts: [] }, deceiving)).toBe(
    "training · waits · no ⟨U+001B⟩[2Jroom All is well⟨U+202E⟩",
  );
});
