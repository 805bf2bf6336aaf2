import { basename } from "node:path";
import { decodeHtmlEntities } from "../../domain/text/htmlEntities.ts";
import type { Section } from "../document.ts";
import { decodeText } from "./encoding.ts";
import { joinHyphenated } from "./hyphens.ts";
import { rejected } from "./recordResult.ts";
import type { ReadResult } from "./recordResult.ts";
import { readWhole } from "./wholeFile.ts";

/** A book is cut into passages in pieces of this size, so that its reader does other things in between. */
const pieceCharacters = 1 << 18;

/** Reads a text or Markdown file as one document; the title is the file's name, Markdown headings begin sections. */
export async function* readPlainText(file: string, source = "text"): AsyncIterable<ReadResult> {
  try {
    const text = plainText(decodeText(await readWhole(file)));
    const sections = (
      /\.md$/i.test(file) ? markdownSections(text) : piecesOf(text).map((piece) => ({ heading: null, text: piece }))
    )
      .map(({ heading, text: words }) => ({ heading, text: words.trim() }))
      .filter((section) => section.text !== "");
    if (sections.length === 0) throw new Error("the text is empty");
    const title = basename(file)
      .replace(/\.(txt|md)$/i, "")
      .replaceAll("_", " ");
    yield {
      document: {
        id: basename(file),
        title,
        source,
        year: null,
        licence: null,
        sections,
        kind: null,
        publicationTypes: [],
        headings: [],
        notice: null,
        evidenceLevel: null,
      },
    };
  } catch (error) {
    yield rejected(file, "whole file", error);
  }
}

/** A text with line feeds alone, pages as paragraphs, characters for HTML's entities and whole words where a line's end cut them. */
export function plainText(text: string): string {
  const lines = decodeHtmlEntities(text)
    .replace(/\r\n?/g, "\n")
    .replace(/[\u200b\u2060\ufeff]/g, "");
  return joinHyphenated(lines).replace(/\n?[\f\v]\n?/g, "\n\n");
}

/** A text as it stands, or the parts of a book, cut behind a line or a word. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  while (text.length - start > pieceCharacters) {
    const room = text.slice(start, start + pieceCharacters);
    const end =
      Math.max(room.lastIndexOf("\n\n"), 0) ||
      Math.max(room.lastIndexOf("\n"), 0) ||
      Math.max(room.lastIndexOf(" "), 0) ||
      pieceCharacters;
    pieces.push(room.slice(0, end));
    start += end;
  }
  return [...pieces, text.slice(start)];
}

function markdownSections(text: string): Section[] {
  const sections: { heading: string | null; text: string }[] = [{ heading: null, text: "" }];
  let code = false;
  for (const line of text.split("\n")) {
    if (/^\s*(```|~~~)/.test(line)) code = !code;
    const heading = code ? undefined : /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    const last = sections.at(-1);
    if (heading !== undefined) sections.push({ heading, text: "" });
    else if (last !== undefined) last.text += `${line}\n`;
  }
  return sections;
}
