import { memoizeByObject } from "../caching/memoize.ts";
import type { ChatMessage, Tokenizer } from "./port.ts";

const asked: readonly ChatMessage[] = [
  { role: "system", content: "system" },
  { role: "user", content: "question" },
];
const said = "demonstration";

/**
 * The token by which a model ends its own message: what its chat template writes behind one, where that ends responses; else the
 * end-of-text token. The two differ in models that end messages and texts apart. Found once for each tokenizer.
 */
export const closingToken = memoizeByObject((tokenizer: Tokenizer): number => {
  const { renderChat, endOfTextId, endOfTextIds } = tokenizer;
  if (renderChat === null) return endOfTextId;
  const text = renderChat([...asked, { role: "assistant", content: said }]);
  const behind = text.slice(text.lastIndexOf(said) + said.length);
  const found = [...endOfTextIds]
    .map((id) => ({ id, at: behind.indexOf(tokenizer.decode([id])) }))
    .filter(({ at }) => at >= 0)
    .toSorted((one, other) => one.at - other.at);
  return found[0]?.id ?? endOfTextId;
});
