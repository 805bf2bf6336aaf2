import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Figure } from "../../bench/harness.ts";
import { quickWorldsTable } from "../../bench/support/quickWorlds.ts";

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const figures = text("docs/figures/quick.jsonl")
  .trim()
  .split("\n")
  .map((line) => Figure.parse(JSON.parse(line)));

describe("the quick preset's results in the documentation", () => {
  it.each(["README.md", "docs/quick-preset.md"])("are those of the kept file: %s", (path) => {
    const shown = /<!-- quick-worlds -->\n([\s\S]*?)\n<!-- \/quick-worlds -->/u.exec(text(path))?.[1];
    expect(shown).toBe(quickWorldsTable(figures));
  });
});
