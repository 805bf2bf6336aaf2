import { levelName } from "../../domain/evidenceScale.ts";
import type { EvidenceScale } from "../../domain/evidenceScale.ts";
import type { Passage } from "../../domain/passage.ts";
import type { ShownPassages } from "../../domain/toolCall.ts";
import { unspacedCharacter } from "../../domain/text/unspaced.ts";
import type { Tokenizer } from "../../policy/port.ts";
import { toolAnswer } from "../../protocol/toolAnswer.ts";
import { searchProtocol, searchTags } from "./searchTags.ts";

/** Stands between the passages of an answer. */
export const passageSeparator = " | ";

/** Passages as an answer shows them. */
export interface ShownBlock {
  readonly text: string;
  readonly passages: ShownPassages["passages"];
}

/** The document block of a search result. Each passage is cut by `cut`, has its tags stripped, and follows the name of its level. */
export function showPassages(
  passages: readonly Passage[],
  scale: EvidenceScale,
  cut: (text: string) => string,
  strip: (text: string) => string,
): ShownBlock {
  const shown = passages.map(({ id, text, evidenceLevel: level }) => {
    const plain = strip(text).replace(/\s+/g, " ").trim();
    const read = cut(plain);
    const line = level === null ? read : `${levelName(scale, level)} ${read}`;
    return { line, passage: { id, level, ...(read !== plain && { text: read }) } };
  });
  return {
    text: shown.length === 0 ? "none" : shown.map(({ line }) => line).join(passageSeparator),
    passages: shown.map(({ passage }) => passage),
  };
}

/** As showPassages, between the tags of the search protocol, as the environment writes it. */
export function renderDocumentBlock(
  passages: readonly Passage[],
  scale: EvidenceScale,
  cut: (text: string) => string,
): string {
  return toolAnswer(searchTags.response, showPassages(passages, scale, cut, searchProtocol.strip).text);
}

/** Makes a function that cuts text at a word so that it fills at most `maximumTokens`; remembers what it cut. */
export function createTokenCutter(
  tokenizer: Pick<Tokenizer, "encode">,
  maximumTokens: number,
): (text: string) => string {
  const remembered = new Map<string, string>();
  return (text) => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const cut = cutToTokens(text, tokenizer, maximumTokens);
    remembered.set(text, cut);
    return cut;
  };
}

/** A word or a character of a script without blanks, with the blank before it. */
const units = new RegExp(String.raw`\s*(?:${unspacedCharacter}|(?:(?!${unspacedCharacter})\S)+)`, "gu");

/** The longest guess of whole words that fits; Chinese is cut between characters, and so is a first word that alone is too long. */
function cutToTokens(text: string, tokenizer: Pick<Tokenizer, "encode">, maximumTokens: number): string {
  const size = tokenizer.encode(text).length;
  if (size <= maximumTokens) return text;
  const words = text.match(units) ?? [];
  return (
    cutUnits(words, size, tokenizer, maximumTokens) ||
    cutUnits(Array.from(words[0] ?? ""), tokenizer.encode(words[0] ?? "").length, tokenizer, maximumTokens)
  );
}

function cutUnits(
  all: readonly string[],
  tokens: number,
  tokenizer: Pick<Tokenizer, "encode">,
  maximumTokens: number,
): string {
  let kept = all;
  let size = tokens;
  while (size > maximumTokens && kept.length > 0) {
    const guess = Math.floor((kept.length * maximumTokens) / size);
    kept = kept.slice(0, Math.min(guess, kept.length - 1));
    size = tokenizer.encode(kept.join("")).length;
  }
  return kept.join("");
}
