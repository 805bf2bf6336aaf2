import { describe, expect, it } from "vitest";
import type { RunProgress } from "../../src/domain/progress.ts";
import { createWaitTeller } from "../../src/cli/waitTeller.ts";

const training: RunProgress = {
  phase: "training",
  stage: "reasoner",
  iteration: 1,
  iterations: 2,
  iterationsDone: 1,
  iterationsTotal: 2,
  reward: null,
  accuracy: null,
  secondsLeft: null,
  spent: null,
  message: "",
  waitsForPerson: false,
  acts: ["signal pause"],
};
const held: RunProgress = {
  ...training,
  phase: "held",
  message: "stage: the disk is full",
  waitsForPerson: true,
  acts: ["update retry", "update abort"],
};

describe("a run that waits for a person", () => {
  it("says once why, what can be sent, and where; again when it waits for something else", () => {
    const tell = createWaitTeller("http://127.0.0.1:8233/run");
    expect(tell(training)).toEqual([]);
    expect(tell(held)).toEqual([
      "The run waits for you. held: stage: the disk is full",
      "You can send it: update retry, update abort. Where: http://127.0.0.1:8233/run, More Actions at the top right.",
    ]);
    expect(tell(held)).toEqual([]);
    expect(tell({ ...held, phase: "gate", message: "the gate of stage 1 waits" })).toHaveLength(2);
    expect(tell(training)).toEqual([]);
    expect(tell(held)).toHaveLength(2);
  });
});
