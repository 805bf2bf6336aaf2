import { describe, expect, it, vi } from "vitest";
import type { RunProgress } from "../../src/domain/progress.ts";
import { describeProgress, openDisplay } from "../../src/cli/display.ts";
import { formatDuration } from "../../src/output/duration.ts";

const progress: RunProgress = {
  phase: "training",
  stage: "retriever",
  iteration: 3,
  iterations: 50,
  iterationsDone: 53,
  iterationsTotal: 150,
  reward: 0.5,
  accuracy: 0.25,
  secondsLeft: 125,
  spent: null,
  message: "",
  waitsForPerson: false,
  acts: [],
};

function stream(isTTY: boolean): { isTTY: boolean; columns: number; write: (text: string) => void; written: string[] } {
  const written: string[] = [];
  return { isTTY, columns: 200, written, write: (text) => void written.push(text) };
}

describe("progress at the terminal", () => {
  it("says stage, iteration, reward, accuracy and the time left", () => {
    expect(describeProgress(progress)).toBe(
      "stage retriever training 3/50 · accuracy 25.0 % · 2 min 5 s left · reward 0.500",
    );
  });

  it("says what work is left, not what time, while the run rests", () => {
    for (const resting of [{ phase: "held" }, { phase: "paused" }, { phase: "gate", waitsForPerson: true }] as const)
      expect(describeProgress({ ...progress, ...resting })).toContain(" · 2 min 5 s of work left · ");
  });

  it("leaves out what is not known", () => {
    expect(
      describeProgress({
        ...progress,
        phase: "indexing",
        stage: null,
        reward: null,
        accuracy: null,
        secondsLeft: null,
        spent: null,
      }),
    ).toBe("indexing");
  });

  it("shows accuracy and time left within 80 columns", () => {
    const terminal = { ...stream(true), columns: 80 };
    openDisplay(terminal).show({
      ...progress,
      stage: "a-name-of-the-users-own",
      iteration: 100,
      iterations: 1000,
      secondsLeft: 59 * 60 + 59,
      spent: null,
      message: "a long message that follows them",
    });
    expect(terminal.written.join("")).toContain("accuracy 25.0 % · 59 min 59 s left");
  });

  it("rewrites one line on a terminal", () => {
    const terminal = stream(true);
    openDisplay(terminal).show(progress);
    expect(terminal.written.join("")).not.toContain("\n");
  });

  it("writes plain lines elsewhere, each once", () => {
    const pipe = stream(false);
    const display = openDisplay(pipe);
    display.show(progress);
    display.show({ ...progress, iteration: 4 });
    display.show({ ...progress, iteration: 5 });
    expect(pipe.written).toHaveLength(2);
    expect(pipe.written.join("")).not.toContain("\u001b");
  });

  it("writes again what goes on when nothing new was to be said for ten seconds", () => {
    vi.useFakeTimers();
    const pipe = stream(false);
    const display = openDisplay(pipe);
    for (let seconds = 0; seconds <= 60; seconds += 2) {
      display.show(
        { ...progress, phase: "base", stage: null, reward: null, accuracy: null, secondsLeft: null },
        `supervised training, step ${seconds} of 100`,
      );
      vi.advanceTimersByTime(2000);
    }
    vi.useRealTimers();
    expect(pipe.written.slice(0, 3)).toEqual([
      "base · supervised training, step 0 of 100\n",
      "base · supervised training, step 10 of 100 · for 10 s\n",
      "base · supervised training, step 20 of 100 · for 20 s\n",
    ]);
    expect(pipe.written).toHaveLength(7);
  });

  it("words durations", () => {
    expect([5, 65, 3700].map(formatDuration)).toEqual(["5 s", "1 min 5 s", "1 h 1 min"]);
  });
});
