import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const project = fileURLToPath(new URL("../..", import.meta.url));

/** Lines of our code that match, but for those of `ways`. */
function lines(
  pattern: RegExp,
  ways: readonly string[],
  folders = ["src", "activities", "workflows", "workers"],
): string[] {
  const files = folders.flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  return files
    .filter((file) => file.endsWith(".ts") && !ways.includes(file))
    .flatMap((file) =>
      readFileSync(join(project, file), "utf8")
        .split("\n")
        .filter((line) => pattern.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
}

describe("there is one way out for each kind of output", () => {
  it("to terminals and logs: src/output/terminal.ts", () => {
    expect(lines(/\bconsole\.\w+\(|\bstd(?:out|err)\.write\(|\bstream\.write\(/u, ["src/output/terminal.ts"])).toEqual(
      [],
    );
  });

  it("to pages: the template html, which escapes; trusted markup is made in src/report alone", () => {
    expect(lines(/\brawHtml\(|new Html\(/u, [], ["activities", "workflows", "workers", "src/cli"])).toEqual([]);
  });

  it("to the UI's Markdown: src/output/markdown.ts; other files there show numbers and names of ours alone", () => {
    const ownValues = [
      "stageReporter.ts",
      "iteration.ts",
      "shards.ts",
      "indexFiles.ts",
      "buildDataset.ts",
      "endStage.ts",
    ].map((name) => `workflows/${name}`);
    const showing = lines(/setCurrentDetails\(|summary: .*\$\{|const summary = /u, ownValues, ["workflows"]).map(
      (line) => line.split(":")[0] ?? "",
    );
    expect(
      [...new Set(showing)].filter(
        (file) =>
          !/from "\.\.\/src\/output\/markdown\.ts"|from "\.\/details\.ts"/u.test(
            readFileSync(join(project, file), "utf8"),
          ),
      ),
    ).toEqual([]);
  });
});
