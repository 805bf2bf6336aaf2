import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Section } from "../document.ts";
import { decodeUtf8, maxRecordBytes } from "./bytes.ts";
import { rejected } from "./result.ts";
import type { ReadResult } from "./result.ts";

/** Largest text file read at once: the longest textbooks of the field have a few megabytes. */
const maxTextBytes = 4 * maxRecordBytes;

/** Reads a text or Markdown file as one document; the title is the file's name, Markdown headings begin sections. */
export async function* readPlainText(file: string, source = "text"): AsyncIterable<ReadResult> {
  try {
    if ((await stat(file)).size > maxTextBytes) throw new Error("the text is larger than a document may be; split the file");
    const text = decodeUtf8(await readFile(file));
    const sections = (file.endsWith(".md") ? markdownSections(text) : [{ heading: null, text }])
      .map(({ heading, text: words }) => ({ heading, text: words.trim() }))
      .filter((section) => section.text !== "");
    if (sections.length === 0) throw new Error("the text is empty");
    const title = basename(file).replace(/\.(txt|md)$/, "").replaceAll("_", " ");
    yield { document: { id: basename(file), title, source, year: null, licence: null, sections, headings: [], evidenceLevel: null } };
  } catch (error) {
    yield rejected(file, "whole file", error);
  }
}

function markdownSections(text: string): Section[] {
  const sections: { heading: string | null; text: string }[] = [{ heading: null, text: "" }];
  let code = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(```|~~~)/.test(line)) code = !code;
    const heading = code ? undefined : /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    const last = sections.at(-1);
    if (heading !== undefined) sections.push({ heading, text: "" });
    else if (last !== undefined) last.text += `${line}\n`;
  }
  return sections;
}
