import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const workflows = [...read("workflows/all.ts").matchAll(/^export \{ (\w+) \}/gmu)].map(([, name]) => name ?? "");
const rows = read("docs/operations.md")
  .split("\n")
  .filter((line) => line.startsWith("| "));

describe("docs/operations.md", () => {
  it.each(workflows)("has the prefilled start form of %s, and inputs that can be copied", (workflow) => {
    const row = rows.find((line) => line.startsWith(`| [\`${workflow}\`]`));
    expect(row).toContain(`start-workflow?workflowType=${workflow}&taskQueue=med-r3-cpu&workflowId=`);
    const inputs = [...(row ?? "").matchAll(/`(\{[^`]*\})`/gu)].map(([, json]) => JSON.parse(json ?? "") as unknown);
    expect(inputs.length).toBeGreaterThan(0);
  });
});
