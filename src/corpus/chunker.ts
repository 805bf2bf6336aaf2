import { createHash } from "node:crypto";
import type { Passage } from "../domain/passage.ts";
import { hasUnspaced, unspacedCharacter } from "../domain/text/unspaced.ts";
import type { Section, SourceDocument } from "./document.ts";
import { splitLong } from "./longSentence.ts";
import type { TextPart } from "./longSentence.ts";
import { splitSentences } from "./sentences.ts";

export interface ChunkSize {
  /** Largest size of a passage, in tokens as `count` counts them. */
  readonly maxTokens: number;
  /** Sentences at a passage's end that the next one repeats fill at most this. */
  readonly overlapTokens: number;
  /** Tokens of a text; words and marks when left out. */
  readonly count?: (text: string) => number;
}

/** No blank follows the wide stops of Chinese. */
const wideEnd = /[。｡！？；．][”’」』）】]*$/u;

export const defaultChunkSize: ChunkSize = { maxTokens: 160, overlapTokens: 32 };

const wordsAndMarks = /[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu;
const charactersToo = new RegExp(
  String.raw`${unspacedCharacter}|(?:(?!${unspacedCharacter})[\p{L}\p{N}])+|[^\s\p{L}\p{N}]`,
  "gu",
);

/** Words, characters of scripts without blanks, and punctuation marks: close to what subword tokenizers make of plain prose. */
export function countWordsAndMarks(text: string): number {
  return text.match(hasUnspaced(text) ? charactersToo : wordsAndMarks)?.length ?? 0;
}

/** Cuts a document into passages by sentence within its sections; ids are hashes of content and provenance. */
export function chunkDocument(document: SourceDocument, size: ChunkSize): Passage[] {
  return [...chunkSections(document, size)].flat();
}

/** As chunkDocument, one section at a time, so that the caller can yield between the sections of a book. */
export function* chunkSections(document: SourceDocument, size: ChunkSize): Iterable<Passage[]> {
  for (const section of document.sections)
    yield chunkText(section.text, size).map((text) => passageOf(document, section, text));
}

/** The texts of one section, each within the size, consecutive ones overlapping by whole sentences. */
export function chunkText(text: string, { maxTokens, overlapTokens, count = countWordsAndMarks }: ChunkSize): string[] {
  const chunks: string[] = [];
  let pieces: (TextPart & { readonly tokens: number })[] = [];
  const tokensOf = (list: typeof pieces): number => list.reduce((sum, piece) => sum + piece.tokens, 0);
  const close = (): void =>
    void (
      pieces.length > 0 &&
      chunks.push(pieces.map((piece, index) => (index === 0 ? piece.text : `${piece.glue}${piece.text}`)).join(""))
    );
  let before = "";
  for (const part of splitSentences(text).flatMap((whole) => splitLong(whole, maxTokens, count))) {
    const next = { text: part.text, glue: wideEnd.test(before) ? ("" as const) : part.glue, tokens: count(part.text) };
    before = part.text;
    if (pieces.length > 0 && tokensOf(pieces) + next.tokens > maxTokens) {
      close();
      const room = Math.min(overlapTokens, maxTokens - next.tokens);
      while (pieces.length > 0 && tokensOf(pieces) > room) pieces = pieces.slice(1);
    }
    pieces.push(next);
  }
  close();
  return chunks;
}

function passageOf(document: SourceDocument, section: Section, text: string): Passage {
  const { title, source, year, licence, id: documentId, evidenceLevel, evidenceReason, notice } = document;
  const content = {
    title,
    text,
    source,
    section: section.heading,
    year,
    evidenceLevel,
    ...(evidenceReason !== undefined && { evidenceReason }),
    ...(notice !== null && { notice }),
    documentId,
    ...(licence !== null && { licence }),
  };
  return { id: createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 32), ...content };
}
