import { levelName } from "../domain/evidenceScale.ts";
import type { Passage, PassageSearch } from "../domain/passage.ts";
import type { ShownPassages, ToolCall } from "../domain/toolCall.ts";
import { unspacedCharacter } from "../domain/text/unspaced.ts";
import type { RunEnvironment } from "../environments/runEnvironment.ts";
import { toolAnswer } from "../protocol/toolAnswer.ts";
import type { Tokenizer } from "../policy/port.ts";
import type { ShownAnswer } from "./responsePieces.ts";
import { UnfitError } from "./unfit.ts";

export interface DocumentContext {
  readonly environment: RunEnvironment;
  readonly corpus: PassageSearch;
  readonly tokenizer: Pick<Tokenizer, "encode">;
}

/** Passages that are looked at for a document that the demonstration's own query does not show. */
const passagesLookedAt = 20;
/** Characters of a document that are searched for. */
const queryCharacters = 300;
const shownCharacters = 80;

/**
 * An answer that a demonstration shows and that the run's tool, asked the same, does not give: other settings, another ranking or another corpus.
 * They count where the corpus holds each of them, which is really searched for. Throws UnfitError for what it does not hold,
 * and for the answer of a tool that shows no documents.
 */
export async function recordShown(
  answer: ShownAnswer,
  real: ToolCall,
  { environment, corpus, tokenizer }: DocumentContext,
): Promise<{ readonly call: ToolCall; readonly tokens: number[] }> {
  const { tool } = answer;
  const text = plain(answer.text);
  const [used] = environment.tools.filter(({ tags }) => tags.tool === tool);
  if (used === undefined || used.environment.maxPassageTokens === null)
    throw new UnfitError(
      "document",
      `${tool} answers ${quoted(real.response)} to ${quoted(answer.arguments)}, not ${quoted(text)}`,
    );
  const passages: Passage[] = [];
  for (const document of used.environment.lines(text)) {
    const held = await findPassage(document, answer.arguments, environment, corpus);
    if (held === null)
      throw new UnfitError(
        "document",
        `the run's corpus does not have the document ${quoted(document)}, shown for the query ${quoted(answer.arguments)}`,
      );
    passages.push(held);
  }
  const tokens = tokenizer.encode(` ${toolAnswer(used.tags.response, text)}`);
  const payload: ShownPassages = { passages: passages.map(({ id, evidenceLevel }) => ({ id, level: evidenceLevel })) };
  const call = { ...real, status: "answered" as const, error: null, response: text, responseTokens: tokens.length };
  return { call: { ...call, payload: { ...payload } }, tokens };
}

/** The passage that says what the document says, perhaps more; found by the query, or by the document's own words. */
async function findPassage(
  document: string,
  query: string,
  { tags }: RunEnvironment,
  corpus: PassageSearch,
): Promise<Passage | null> {
  const wanted = plain(document);
  if (wanted === "") return null;
  const found = (await corpus.search([query, document.slice(0, queryCharacters)], passagesLookedAt)).flat();
  const held = found.find(({ passage }) => {
    const text = plain(tags.strip(passage.text));
    const { evidenceLevel: level } = passage;
    return says(text, wanted) || (level !== null && says(`${levelName(corpus.scale, level)} ${text}`, wanted));
  });
  return held?.passage ?? null;
}

/** Whether a passage says it from its start or from one of its sentences on, up to the end of a word: no "not" before it is left out. */
function says(passage: string, wanted: string): boolean {
  for (let at = passage.indexOf(wanted); at >= 0; at = passage.indexOf(wanted, at + 1)) {
    const before = passage.slice(0, at).trimEnd();
    const rest = passage.slice(at + wanted.length);
    if ((before === "" || sentenceEnd.test(before)) && (unspaced.test(rest) || !/^[\p{L}\p{N}]/u.test(rest)))
      return true;
  }
  return false;
}

const sentenceEnd = /[.!?:;。！？：；]["'”’)\]]*$/u;
const unspaced = new RegExp(`^${unspacedCharacter}`, "u");

/** What two spellings of one text have in common. */
function plain(text: string): string {
  return text.normalize("NFKC").replace(/\s+/gu, " ").trim();
}

function quoted(text: string): string {
  return JSON.stringify(text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text);
}
