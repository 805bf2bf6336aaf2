import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Figure } from "../../bench/harness.ts";
import { quickWorldsTable } from "../../bench/support/quickWorlds.ts";

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const figuresOf = (file: string): Figure[] =>
  text(`docs/figures/${file}.jsonl`)
    .trim()
    .split("\n")
    .map((line) => Figure.parse(JSON.parse(line)));

describe("results of the quick presets in the documentation", () => {
  it.each([
    ["README.md", "quick"],
    ["docs/quick-preset.md", "quick"],
    ["docs/quick-preset.md", "quick-staged"],
  ])("are those of the kept file: %s, %s", (path, file) => {
    const shown = new RegExp(`<!-- ${file}-worlds -->\\n([\\s\\S]*?)\\n<!-- /${file}-worlds -->`, "u").exec(
      text(path),
    )?.[1];
    expect(shown).toBe(quickWorldsTable(figuresOf(file)));
  });
});
