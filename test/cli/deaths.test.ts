import { describe, expect, it } from "vitest";
import { countDeaths, type Death } from "../../src/cli/deaths.ts";

const own: Death = { code: 1, signal: null, lastWords: "Error: no such device 7", reached: "training 3" };
const killed: Death = { code: null, signal: "SIGKILL", lastWords: "", reached: "training 3" };

/** Which of these deaths, one after the other, ends the command. */
function verdicts(...deaths: readonly Death[]): boolean[] {
  const counter = countDeaths();
  return deaths.map((death) => counter.add(death));
}

describe("workers that die again and again", () => {
  it("are given up at the third death of one kind, whatever the numbers in its words", () => {
    expect(verdicts(own, { ...own, lastWords: "Error: no such device 8" }, own)).toEqual([false, false, true]);
  });

  it("are started again as long as the work gets on, or they die in different ways", () => {
    expect(verdicts(own, own, { ...own, reached: "training 4" }, { ...own, reached: "training 4" })).not.toContain(
      true,
    );
    expect(verdicts(own, own, { ...own, lastWords: "Error: out of memory" }, own, own)).not.toContain(true);
  });

  it("are given more patience when someone kills them", () => {
    expect(verdicts(killed, killed, killed, killed, killed)).toEqual([false, false, false, false, true]);
  });

  it("count a crash of the runtime itself as their own death", () => {
    const crash: Death = { ...killed, signal: "SIGABRT", lastWords: "FATAL ERROR: heap out of memory" };
    expect(verdicts(crash, crash, crash)).toEqual([false, false, true]);
  });
});
