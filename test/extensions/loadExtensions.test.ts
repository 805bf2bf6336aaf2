import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { algorithms } from "../../src/algorithms/algorithmRegistry.ts";
import { loadExtensions } from "../../src/extensions/loadExtensions.ts";

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-extensions-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** An algorithm in a line; `made` is what it creates. */
const algorithm = (name: string, made = "tokenMean(plannedClippedLoss(s))"): string => `
  import { ClippedLossSettings, plannedClippedLoss, tokenMean } from "med-r3";
  export const algorithm = { name: "${name}", describe: "for tests", settings: ClippedLossSettings,
    create: (s) => (${made}) };`;
const whole = "{ ...tokenMean(plannedClippedLoss(s)), advantages: ({ samples }) => samples.map(() => 0) }";

/** A whole algorithm whose loss has this beside or in place of what it should have. */
const wholeWith = (field: string): string =>
  `{ ...tokenMean({ ...plannedClippedLoss(s), ${field} }), advantages: ({ samples }) => samples.map(() => 0) }`;

describe("a folder of extensions", () => {
  it("adds the parts that its files export; subfolders, tests and other files are left alone", async () => {
    const folder = await folderWith({
      "b.ts": algorithm("second", whole),
      "a.mjs": algorithm("first", whole),
      "a.test.ts": "throw new Error('not for loading');",
      "README.md": "words",
    });
    await mkdir(join(folder, "helpers"));
    await writeFile(join(folder, "helpers", "h.ts"), "export const help = 1;");
    expect(await loadExtensions(folder)).toEqual([
      { kind: "algorithm", name: "first", file: "a.mjs" },
      { kind: "algorithm", name: "second", file: "b.ts" },
    ]);
    expect(algorithms.names()).toEqual(expect.arrayContaining(["first", "second"]));
    expect(algorithms.check("second", { klCoefficient: -1 })).toMatchObject({ success: false });
  });

  it.each([
    ["throws at import", { "a.ts": "throw new Error('broken');" }, /extension a\.ts: cannot be loaded \(broken\)/u],
    ["exports nothing", { "a.ts": "const x = 1;" }, /extension a\.ts: exports nothing; expected is at least one of/u],
    [
      "exports something else",
      { "a.ts": "export const algoritm = 1;" },
      /extension a\.ts: exports "algoritm"; expected are .*did you mean "algorithm"\?/u,
    ],
    [
      "exports no part",
      { "a.ts": `export const algorithm = { name: "x" };` },
      /extension a\.ts: its algorithm does not fit:[^]*describe/u,
    ],
    [
      "has a name that is taken",
      { "a.ts": algorithm("grpo", whole) },
      /extension a\.ts: algorithm "grpo": the name is taken/u,
    ],
    [
      "has a malformed name",
      { "a.ts": algorithm("My Own", whole) },
      /extension a\.ts: algorithm "My Own": a name has/u,
    ],
    [
      "makes something that is no part of its kind",
      { "a.ts": algorithm("half") },
      /extension a\.ts: algorithm "half" does not fit: advantages: expected a function/u,
    ],
    [
      "has the name of a group of the project's metrics",
      { "a.ts": algorithm("reward", whole) },
      'extension a.ts: algorithm "reward": metrics of the project are called reward/…; choose another name',
    ],
    [
      "has a loss with a field that no engine reads",
      { "a.ts": algorithm("by-length", wholeWith(`lengthNormalise: "sequence"`)) },
      'algorithm "by-length" does not fit: loss: no such field "lengthNormalise"; known are kind, clipLow, clipHigh, dualClip, klCoefficient, entropyCoefficient',
    ],
    [
      "has a loss that no engine computes",
      { "a.ts": algorithm("hinge", wholeWith(`kind: "hinge"`)) },
      'loss.kind: expected one of policy-gradient, sequence-policy-gradient, cross-entropy, got "hinge"',
    ],
    [
      "takes the name of a reward that is there",
      {
        "a.ts": `import { z } from "med-r3"; export const reward = { name: "answer", describe: "d", settings: z.strictObject({}), create: () => ({}) };`,
      },
      /extension a\.ts: reward "answer": the name is taken/u,
    ],
  ])("is refused by its file where one %s", async (_, files, message) => {
    await expect(loadExtensions(await folderWith(files as Record<string, string>))).rejects.toThrow(message);
  });

  it("is refused where a file is a link that leads out of it", async () => {
    const elsewhere = await folderWith({ "real.ts": algorithm("outside", whole) });
    const folder = await folderWith({});
    await symlink(join(elsewhere, "real.ts"), join(folder, "a.ts"));
    await expect(loadExtensions(folder)).rejects.toThrow("extension a.ts: it is a link out of the folder");
    expect(algorithms.names()).not.toContain("outside");
  });

  it("is refused where it is missing", async () => {
    await expect(loadExtensions("/nowhere/at/all")).rejects.toThrow(
      "MED_R3_EXTENSIONS: there is no folder /nowhere/at/all",
    );
  });
});
