import { z } from "zod";
import type { ChatMessage, Tokenizer } from "../../policy/port.ts";

const Messages = z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() }));

/** Characters of a piece: of English about a token. */
const pieceLength = 4;
/** Id of the end of a text; no piece has it. */
const end = 0;

/**
 * Stands for the tokenizer of a model that only takes text: pieces of four characters, numbered as they come. Texts come back as
 * they were; counts are estimates. A conversation is kept as it is, to be sent as messages (`readMessages`).
 */
export function createTextTokenizer(): Tokenizer {
  const ids = new Map<string, number>();
  const pieces = [""];
  const idOf = (piece: string): number => {
    const known = ids.get(piece);
    if (known !== undefined) return known;
    ids.set(piece, pieces.length);
    return pieces.push(piece) - 1;
  };
  const encode = (text: string): number[] => {
    const characters = Array.from(text);
    return Array.from({ length: Math.ceil(characters.length / pieceLength) }, (_, index) =>
      idOf(characters.slice(index * pieceLength, (index + 1) * pieceLength).join("")),
    );
  };
  return {
    vocabularySize: Number.MAX_SAFE_INTEGER,
    endOfTextId: end,
    endOfTextIds: new Set([end]),
    beginning: [],
    unknownId: null,
    encode,
    decode: (tokens) => tokens.map((token) => pieces[token] ?? "").join(""),
    renderChat: (messages) => JSON.stringify(messages),
    encodeChat: (messages) => encode(JSON.stringify(messages)),
  };
}

/** The conversation of a prompt that this tokenizer encoded. */
export function readMessages(tokenizer: Pick<Tokenizer, "decode">, prompt: readonly number[]): ChatMessage[] {
  return Messages.parse(JSON.parse(tokenizer.decode(prompt)));
}
