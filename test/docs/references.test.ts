import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { describe, expect, it } from "vitest";
import { projectFolder } from "../cli/command.ts";

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: projectFolder,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => /\.(?:ts|mjs|py|md)$/u.test(file) && existsSync(join(projectFolder, file)));
const read = (file: string): string => readFileSync(join(projectFolder, file), "utf8");

/** Anchors of a page's headings, as forges make them. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gmu)].map(([, heading]) => heading ?? "");
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{Letter}\p{Number}\- ]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

interface Reference {
  readonly from: string;
  readonly page: string;
  readonly anchor: string;
}

/** Sections that comments name by page and section, and sections that pages link to. */
function references(): Reference[] {
  return files.flatMap((from) => {
    const text = read(from);
    const pattern = from.endsWith(".md") ? /\]\(([\w./-]+\.md)#([\w-]+)\)/gu : /\b(docs\/[\w-]+\.md)#([\w-]+)/gu;
    return [...text.matchAll(pattern)].map(([, page = "", anchor = ""]) => ({
      from,
      page: from.endsWith(".md") ? join(dirname(from), page) : page,
      anchor,
    }));
  });
}

describe("references to the documentation", () => {
  it("name sections that exist", () => {
    const missing = references().filter(({ page, anchor }) => !files.includes(page) || !anchorsOf(page).has(anchor));
    expect(references().length).toBeGreaterThan(60);
    expect(missing).toEqual([]);
  });

  it("name no document outside the project", () => {
    const outside = files.filter(
      (file) => /\b(?:METHOD|DESIGN) §/u.test(read(file)) && !file.endsWith("references.test.ts"),
    );
    expect(outside).toEqual([]);
  });
});
