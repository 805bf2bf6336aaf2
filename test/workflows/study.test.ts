import type { WorkflowHandle } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StudyProgress } from "../../src/studies/studyProgress.ts";
import { queues, studies } from "../../temporal.config.ts";
import { createStudyScript, startScriptedStudy } from "./scriptedStudy.ts";

let place: Awaited<ReturnType<typeof startScriptedStudy>>;
let script = createStudyScript([]);
beforeAll(async () => {
  place = await startScriptedStudy(() => script);
});
afterAll(() => place.stop());

/** In place of what a test that failed left. */
async function start(input: Record<string, unknown> = {}): Promise<WorkflowHandle> {
  return place.client.workflow.start("study", {
    workflowId: "study-made",
    taskQueue: queues.cpu,
    args: [{ study: "made", ...input }],
    workflowIdConflictPolicy: "TERMINATE_EXISTING",
  });
}

async function until(handle: WorkflowHandle, reached: (progress: StudyProgress) => boolean): Promise<StudyProgress> {
  for (;;) {
    const progress = await handle.query<StudyProgress>("progress");
    if (reached(progress)) return progress;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const signed = { name: "Ada", reason: "looked at it" };

describe("study", () => {
  it("runs every cell as a child curriculum by its name, keeps each, and writes the result", async () => {
    script = createStudyScript(["a", "b", "c"]);
    const handle = await start();
    expect(await handle.result()).toEqual({
      folder: "/made",
      counts: { finished: 3, failed: 0, held: 0, pending: 0 },
    });
    expect(script.begun).toEqual(["a", "b", "c"]);
    expect(script.kept).toEqual(["a", "b", "c"]);
    const progress = await handle.query<StudyProgress>("progress");
    expect(progress).toMatchObject({ phase: "done", total: 3, finished: 3, atWork: [], secondsLeft: 0, acts: [] });
    const child = await place.client.workflow.getHandle("curriculum-b").describe();
    expect(child?.status.name).toBe("COMPLETED");
  });

  it("runs only what lacks, as many at once as are declared", async () => {
    script = createStudyScript(["a", "b", "c", "d"]);
    script.kept.push("b");
    script.parallel = 2;
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    script.beforeEnd = () => gate;
    const handle = await start();
    const progress = await until(handle, ({ atWork }) => atWork.length === 2);
    expect(progress.atWork.map(({ run }) => run)).toEqual(["a", "c"]);
    await until(handle, () => script.begun.length === 2);
    go();
    expect(await handle.result()).toMatchObject({ counts: { finished: 4 } });
    // The first two begin at once.
    expect(script.begun.toSorted()).toEqual(["a", "c", "d"]);
  });

  it("notes a run that fails with its cause, and goes on with the others", async () => {
    script = createStudyScript(["a", "b", "c"]);
    script.failing.add("b");
    const handle = await start();
    expect(await handle.result()).toMatchObject({ counts: { finished: 2, failed: 1, held: 0, pending: 0 } });
    expect(script.written).toEqual([
      [{ run: "b", status: "failed", cause: expect.stringContaining("rollout.samples: b is wrong") }],
    ]);
    expect(await handle.query<StudyProgress>("progress")).toMatchObject({ failed: 1, finished: 2 });
  });

  it("tells of a run that is held, goes on with the others meanwhile, and takes it back when a person has answered it", async () => {
    script = createStudyScript(["a", "b", "c"]);
    script.holding.add("a");
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    script.beforeEnd = (run) => (run === "c" ? gate : Promise.resolve());
    const handle = await start();
    const progress = await until(handle, ({ held, finished }) => held === 1 && finished === 1);
    expect(progress.atWork.find(({ waits }) => waits !== null)).toEqual({
      run: "a",
      label: "arm of a",
      waits: expect.stringContaining("the disk of a is full"),
    });
    script.holding.clear();
    await place.client.workflow.getHandle("curriculum-a").executeUpdate("retry");
    await until(handle, ({ finished }) => finished === 2);
    go();
    expect(await handle.result()).toMatchObject({ counts: { finished: 3, held: 0 } });
    expect(script.kept).toEqual(["b", "a", "c"]);
  });

  it("ends with runs that are still held, counts them, and takes them up when it is started again", async () => {
    script = createStudyScript(["a", "b"]);
    script.holding.add("a");
    const handle = await start();
    expect(await handle.result()).toMatchObject({ counts: { finished: 1, held: 1, pending: 0 } });
    expect(script.written[0]).toEqual([{ run: "a", status: "held", cause: expect.stringContaining("the disk of a") }]);
    script.holding.clear();
    expect(await (await start()).result()).toMatchObject({ counts: { finished: 2, held: 0 } });
    expect(script.begun).toEqual(["a", "b", "a"]);
  });

  it("waits, when its budget is reached, for a person who approves more", async () => {
    script = createStudyScript(["a", "b"]);
    script.budget = 1;
    const handle = await start();
    const progress = await until(handle, ({ waitsForPerson }) => waitsForPerson);
    expect(progress).toMatchObject({ phase: "over budget", finished: 1, message: "the budget is reached" });
    expect(progress.acts).toContain("update approveBudget");
    await expect(handle.executeUpdate("approveBudget", { args: [{ hours: 2 }] })).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/^name: /u) },
    });
    expect(await handle.executeUpdate("approveBudget", { args: [{ hours: 2, ...signed }] })).toBe("approved by Ada");
    expect(await handle.result()).toMatchObject({ counts: { finished: 2 } });
    expect(script.approvals).toEqual(["2 hours by Ada"]);
  });

  it("waits, when all is finished, for the experts' forms that its file wants, and joins them", async () => {
    script = createStudyScript(["a"]);
    script.reviewers = 2;
    const handle = await start();
    const progress = await until(handle, ({ waitsForPerson }) => waitsForPerson);
    expect(progress).toMatchObject({ phase: "review", finished: 1, acts: ["update submitReview"] });
    expect(progress.message).toBe("0 of 2 experts have sent their forms (/made/review/form.html)");
    await expect(handle.executeUpdate("submitReview", { args: [{}] })).rejects.toMatchObject({
      cause: { message: "line 1: rater: expected a name" },
    });
    expect(await handle.executeUpdate("submitReview", { args: [{ rater: "made-up-one" }] })).toBe("1 of 2 forms");
    expect(script.joined).toEqual([]);
    expect(await handle.executeUpdate("submitReview", { args: [{ rater: "made-up-two" }] })).toBe("2 of 2 forms");
    await handle.result();
    expect(script.joined).toEqual(["made-up-one", "made-up-two"]);
  });

  it("takes no form while it waits for none, and ends without those that lack when its time is up", async () => {
    script = createStudyScript(["a"]);
    script.reviewers = 1;
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    script.beforeEnd = () => gate;
    const handle = await start({ minutes: 0.1 });
    await until(handle, ({ atWork }) => atWork.length === 1);
    await expect(handle.executeUpdate("submitReview", { args: [{ rater: "made-up" }] })).rejects.toMatchObject({
      cause: { message: "the study does not wait for a review" },
    });
    go();
    expect(await handle.result()).toMatchObject({ counts: { finished: 1 } });
    expect(script.joined).toEqual([]);
  });

  it("starts nothing while it is paused", async () => {
    script = createStudyScript(["a", "b"]);
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    script.beforeEnd = () => gate;
    const handle = await start();
    await until(handle, ({ atWork }) => atWork.length === 1);
    await handle.signal("pause");
    go();
    expect(await until(handle, ({ waitsForPerson }) => waitsForPerson)).toMatchObject({ phase: "paused", finished: 1 });
    expect(script.begun).toEqual(["a"]);
    await handle.signal("resume");
    expect(await handle.result()).toMatchObject({ counts: { finished: 2 } });
  });

  it("waits for a person when one run after the other fails: the fault is likely to be none of theirs", async () => {
    const names = Array.from({ length: studies.failuresInARow + 1 }, (_, index) => `run-${index}`);
    script = createStudyScript(names);
    for (const name of names.slice(0, -1)) script.failing.add(name);
    const handle = await start();
    const progress = await until(handle, ({ waitsForPerson }) => waitsForPerson);
    expect(progress).toMatchObject({ phase: "paused", failed: studies.failuresInARow, finished: 0 });
    expect(progress.message).toMatch(/failed one after the other, the last one: .*run-4 is wrong.*signal resume/u);
    await handle.signal("resume");
    expect(await handle.result()).toMatchObject({ counts: { finished: 1, failed: studies.failuresInARow } });
  });

  it("continues as new, with what failed and without losing or repeating a run", async () => {
    script = createStudyScript(["a", "b", "c", "d", "e"]);
    script.failing.add("b");
    const handle = await start({ runsPerHistory: 2 });
    expect(await handle.result()).toMatchObject({ counts: { finished: 4, failed: 1, pending: 0 } });
    expect(script.begun).toEqual(["a", "b", "c", "d", "e"]);
    expect(script.written).toHaveLength(3);
    expect(script.written.at(-1)?.map(({ run }) => run)).toEqual(["b"]);
  });

  it("stops when its time is up, with what is at work, and goes on when it is started again", async () => {
    script = createStudyScript(["a", "b"]);
    let stuck = true;
    script.beforeEnd = async (run) => {
      if (run === "b" && stuck) throw new Error("not yet");
    };
    const handle = await start({ minutes: 0.05 });
    expect(await handle.result()).toMatchObject({ counts: { finished: 1, failed: 0, pending: 1 } });
    expect(script.written[0]).toEqual([]);
    stuck = false;
    expect(await (await start()).result()).toMatchObject({ counts: { finished: 2, pending: 0 } });
    expect(script.kept).toEqual(["a", "b"]);
  });

  it("waits for a person where the result cannot be written, also when its time is up", async () => {
    script = createStudyScript(["a"]);
    script.beforeEnd = async () => {
      throw new Error("not yet");
    };
    script.writeFault = "the disk is full";
    const handle = await start({ minutes: 0.02 });
    const progress = await until(handle, ({ waitsForPerson }) => waitsForPerson);
    expect(progress).toMatchObject({ phase: "writing", message: expect.stringContaining("the disk is full") });
    script.writeFault = null;
    await handle.signal("resume");
    expect(await handle.result()).toMatchObject({ counts: { finished: 0, pending: 1 } });
  });

  it.each([
    [{ study: "wrong" }, "study: there is no wrong"],
    [{ stdy: "made" }, "stdy"],
    [{ file: "/made.json" }, "study: name a study, or give a file, not both"],
    [{ minutes: 0 }, "minutes: "],
  ])("refuses %j by name, at once", async (input, message) => {
    const handle = await start(input);
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: "BadInput", message: expect.stringContaining(message) },
    });
  });
});
