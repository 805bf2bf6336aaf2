import type { Tokenizer } from "../../../src/policy/port.ts";
import { endToken, textOf, vocabulary } from "./machine.ts";

/** One word a token, as the fake's own. */
export const words: Tokenizer = {
  vocabularySize: vocabulary,
  endOfTextId: endToken,
  endOfTextIds: new Set([endToken]),
  beginning: [],
  unknownId: null,
  encode: (text) =>
    text
      .split(/\s+/u)
      .filter((word) => word !== "")
      .map((word) => Number(word.slice(1))),
  decode: textOf,
  renderChat: null,
  encodeChat: null,
};
