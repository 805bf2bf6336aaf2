import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../cli/command.ts";

/** A command line that a page shows. */
export interface ShownCommand {
  /** Of the page, from the project's folder. */
  readonly page: string;
  readonly line: string;
  /** Name of the project's command: "start" of `npm start`, "bench" of `npm run bench`. */
  readonly name: string;
  /** What follows `--`, as a shell splits it. */
  readonly words: readonly string[];
}

/** Pages that tell people what to type. */
const pages = ["README.md", "CONTRIBUTING.md", ...markdownIn("docs"), ...markdownIn("docs/decisions")];

/** All command lines of the project's commands that its pages show, in code spans and code blocks. */
export function shownCommands(): ShownCommand[] {
  return pages.flatMap((page) => {
    const text = readFileSync(join(projectFolder, page), "utf8");
    const lines = [...codeSpans(text), ...codeLines(text)];
    return lines.flatMap((line) => {
      const shown =
        /^(?:[A-Z][A-Z0-9_]*=\S+ )*npm (?:run (?!-s|types|lint|format|docs|vitest)([a-z-]+)|(start|test))(?: -- (.*))?$/u.exec(
          line.trim(),
        );
      if (shown === null) return [];
      return [{ page, line: line.trim(), name: shown[1] ?? shown[2] ?? "", words: splitWords(shown[3] ?? "") }];
    });
  });
}

function markdownIn(folder: string): string[] {
  return readdirSync(join(projectFolder, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);
}

function codeSpans(text: string): string[] {
  return [...text.matchAll(/(?<!`)`([^`]+)`(?!`)/gu)].map(([, span = ""]) => span.replaceAll("\n", " "));
}

/** Lines of indented and fenced blocks, without the remarks after them. */
function codeLines(text: string): string[] {
  return text.split("\n").map((line) => line.replace(/\s+# .*$/u, ""));
}

/** As a shell does: blanks part words, quotes keep them together. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/gu)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/gu, (_, single?: string, double?: string) => single ?? double ?? ""),
  );
}
