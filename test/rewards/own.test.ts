import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolve.ts";
import { stageWeights } from "../../src/configuration/stageWeights.ts";
import { loadOwnRewards, OwnRewardError } from "../../src/rewards/own.ts";
import { scoreGroup, scoreTrajectory } from "../../src/rewards/score.ts";
import { subjectOf } from "./subjects.ts";

/** The documented example. */
const examples = fileURLToPath(new URL("../../docs/examples", import.meta.url));
const named = (own: unknown[]) => resolveConfiguration({ rewards: { own } }).rewards.own;
const thinking = (words: number): string => `<think> ${"flu ".repeat(words)}</think> <answer> rest </answer>`;

async function folderWith(file: string, content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-own-rewards-"));
  await writeFile(join(folder, file), content);
  return folder;
}

describe("a reward of one's own", () => {
  it("is a file that a run names, and counts in the total with its weight", async () => {
    const own = await loadOwnRewards(named(["./brevity.ts"]), examples);
    const subject = subjectOf({ text: thinking(10) });
    const { total, values } = scoreTrajectory(subject, stageWeights["1"], own);
    expect(values["brevity"]).toBeCloseTo(0.9);
    expect(total - scoreTrajectory(subject, stageWeights["1"]).total).toBeCloseTo(0.1 * 0.9);
  });

  it("takes the weight that the run gives it", async () => {
    const own = await loadOwnRewards(named([{ file: "brevity.ts", weight: 2 }]), examples);
    const subject = subjectOf({ text: thinking(50) });
    expect(
      scoreTrajectory(subject, stageWeights["1"], own).total - scoreTrajectory(subject, stageWeights["1"]).total,
    ).toBeCloseTo(2 * 0.5);
  });

  it("is bounded by its range; where it says null among others that it scored, it failed", async () => {
    const folder = await folderWith(
      "wild.ts",
      `export default { name: "wild", range: [0, 1], weight: 1, nullMeans: "no answer known", score: ({ question }) => ({ high: 7, none: null, nan: NaN, word: "one", other: 0.5 })[question.id] };`,
    );
    const own = await loadOwnRewards(named(["wild.ts"]), folder);
    const scores = scoreGroup(
      ["high", "none", "nan", "word", "other"].map((id) => subjectOf({ question: { id } })),
      stageWeights["1"],
      own,
    );
    expect(scores.map(({ values }) => values["wild"])).toEqual([1, null, null, null, 0.5]);
    expect(scores.map(({ failed }) => failed)).toEqual([undefined, ["wild"], ["wild"], ["wild"], undefined]);
    const [alone] = scoreGroup([subjectOf({ question: { id: "none" } })], stageWeights["1"], own);
    expect(alone).not.toHaveProperty("failed");
  });

  it.each([
    ["there is no folder of rewards", "brevity.ts", undefined, "set MED_R3_REWARDS"],
    ["the file is missing", "absent.ts", examples, "there is no file"],
  ])("is refused where %s", async (_, file, folder, message) => {
    await expect(loadOwnRewards(named([file]), folder)).rejects.toThrow(OwnRewardError);
    await expect(loadOwnRewards(named([file]), folder)).rejects.toThrow(message);
  });

  it.each([
    ["nothing is exported", "export const other = 1;", "exports by default is no reward"],
    [
      "its range is empty",
      `export default { name: "x", range: [1, 1], weight: 1, nullMeans: "never", score: () => 1 };`,
      "the lowest value comes first",
    ],
    [
      "it has no function",
      `export default { name: "x", range: [0, 1], weight: 1, nullMeans: "never" };`,
      "a function from a trajectory's subject",
    ],
    [
      "its name is taken",
      `export default { name: "answer", range: [0, 1], weight: 1, nullMeans: "never", score: () => 1 };`,
      '"answer", which is taken',
    ],
    ["it cannot be loaded", "throw new Error('broken');", "cannot be loaded (broken)"],
  ])("is refused where %s", async (_, content, message) => {
    const folder = await folderWith("mine.ts", content);
    await expect(loadOwnRewards(named(["mine.ts"]), folder)).rejects.toThrow(message);
  });

  it.each(["../elsewhere.ts", "/etc/passwd", "deep/mine.ts", "mine.json"])(
    "is never looked for outside the folder: %s",
    (file) => {
      expect(() => named([file])).toThrow(
        "rewards.own.0.file: the name of a .ts, .mts, .js or .mjs file, without a folder",
      );
    },
  );

  it("is refused twice under one name", async () => {
    await expect(loadOwnRewards(named(["brevity.ts", "brevity.ts"]), examples)).rejects.toThrow("taken");
  });
});
