import { createHash } from "node:crypto";
import type { Passage } from "../domain/passage.ts";
import type { Section, SourceDocument } from "./document.ts";
import { gradeEvidence } from "./evidenceLevel.ts";
import type { EvidenceGrade } from "./evidenceLevel.ts";
import { splitSentences } from "./sentences.ts";

export interface ChunkSize {
  /** Largest size of a passage, in tokens as `count` counts them; a single longer word stays whole. */
  readonly maxTokens: number;
  /** Sentences at a passage's end that the next one repeats fill at most this. */
  readonly overlapTokens: number;
  /** Tokens of a text; words and marks when left out. */
  readonly count?: (text: string) => number;
}

export const defaultChunkSize: ChunkSize = { maxTokens: 160, overlapTokens: 32 };

/** Words and punctuation marks: close to what subword tokenizers make of plain prose. */
export function countWordsAndMarks(text: string): number {
  return text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)?.length ?? 0;
}

/** Cuts a document into passages by sentence within its sections; ids are hashes of content and provenance. */
export function chunkDocument(document: SourceDocument, size: ChunkSize): Passage[] {
  return [...chunkSections(document, size)].flat();
}

/** The same section by section, so that the caller can do other things between those of a whole book. */
export function* chunkSections(document: SourceDocument, size: ChunkSize): Iterable<Passage[]> {
  const grade = gradeEvidence(document);
  for (const section of document.sections) yield chunkText(section.text, size).map((text) => passageOf(document, section, text, grade));
}

/** The texts of one section, each within the size, consecutive ones overlapping by whole sentences. */
export function chunkText(text: string, { maxTokens, overlapTokens, count = countWordsAndMarks }: ChunkSize): string[] {
  const chunks: string[] = [];
  let pieces: { readonly text: string; readonly tokens: number }[] = [];
  const tokensOf = (list: typeof pieces): number => list.reduce((sum, piece) => sum + piece.tokens, 0);
  const close = (): void => void (pieces.length > 0 && chunks.push(pieces.map((piece) => piece.text).join(" ")));
  for (const sentence of splitSentences(text).flatMap((whole) => splitLong(whole, maxTokens, count))) {
    const next = { text: sentence, tokens: count(sentence) };
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

/** A sentence longer than a passage, cut between words. */
function splitLong(sentence: string, maxTokens: number, count: (text: string) => number): string[] {
  if (count(sentence) <= maxTokens) return [sentence];
  const parts: string[] = [];
  let words: string[] = [];
  let tokens = 0;
  for (const word of sentence.split(/\s+/)) {
    const more = count(word);
    if (words.length > 0 && tokens + more > maxTokens) {
      parts.push(words.join(" "));
      [words, tokens] = [[], 0];
    }
    words.push(word);
    tokens += more;
  }
  return [...parts, words.join(" ")];
}

function passageOf(document: SourceDocument, section: Section, text: string, { level: evidenceLevel, reason: evidenceReason }: EvidenceGrade): Passage {
  const { title, source, year, licence, id: documentId } = document;
  const content = { title, text, source, section: section.heading, year, evidenceLevel, evidenceReason, documentId, ...(licence !== null && { licence }) };
  return { id: createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 32), ...content };
}
