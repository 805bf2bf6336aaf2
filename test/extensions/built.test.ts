import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runProject, type CommandOutcome } from "../cli/command.ts";

/** Commands run from a build; an extension and what it imports are loaded beside it, and share its registries. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-built-"));
  await mkdir(join(folder, "lib"));
  await writeFile(join(folder, "lib", "word.ts"), `enum Word { one }\nexport const word: string = Word[Word.one];`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function planned(code: string): Promise<CommandOutcome> {
  await writeFile(join(folder, "mine.ts"), code);
  const words = ["--preset", "tiny", "--set", "algorithm=mine", "--dry-run", "--root", join(folder, "runs")];
  return runProject(["start", ...words], undefined, { MED_R3_EXTENSIONS: folder });
}

it("an extension is known to a command, wherever its folder lies and whatever package it belongs to", async () => {
  const { code, errors } = await planned(`
    import { ClippedLossSettings, plannedClippedLoss, tokenMean } from "med-r3";
    import { word } from "./lib/word.ts";
    const settings: typeof ClippedLossSettings = ClippedLossSettings;
    export const algorithm = { name: "mine", describe: word, settings,
      create: (s: never) => ({ ...tokenMean(plannedClippedLoss(s)), advantages: () => [] }) };`);
  expect(errors).toBe("");
  expect(code).toBe(0);
});

it("an extension that fails is refused by its file", async () => {
  const { code, errors } = await planned(`import "med-r3";\nthrow new Error("broken");`);
  expect(errors.trim()).toBe("extension mine.ts: cannot be loaded (broken)");
  expect(code).toBe(2);
});
