import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Figure } from "../../bench/harness.ts";
import { laptopTable } from "../../bench/support/laptopTable.ts";
import { performanceTable } from "../../bench/support/performanceTable.ts";
import { quickWorldsTable } from "../../bench/support/quickWorlds.ts";

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const figuresOf = (file: string): Figure[] =>
  text(`docs/figures/${file}.jsonl`)
    .trim()
    .split("\n")
    .map((line) => Figure.parse(JSON.parse(line)));

/** What stands in a file between the comments of this name. */
const shownIn = (path: string, name: string): string | undefined =>
  new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)\\n<!-- /${name} -->`, "u").exec(text(path))?.[1];

describe("results of the quick presets in the documentation", () => {
  it.each([
    ["README.md", "quick"],
    ["docs/quick-preset.md", "quick"],
    ["docs/quick-preset.md", "quick-staged"],
  ])("are those of the kept file: %s, %s", (path, file) => {
    expect(shownIn(path, `${file}-worlds`)).toBe(quickWorldsTable(figuresOf(file)));
  });
});

describe("the engine beside PyTorch in the documentation", () => {
  it("is that of the kept file", () => {
    expect(shownIn("docs/performance.md", "performance")).toBe(performanceTable(figuresOf("performance")));
  });
});

describe("the presets for a real small model in the documentation", () => {
  it("have the results of the kept file", () => {
    expect(shownIn("docs/warm-start.md", "laptop")).toBe(laptopTable(figuresOf("laptop")));
  });
});
