import type { Triple, TripleExtractor } from "../domain/triple.ts";
import { isRelation } from "./vocabulary.ts";

/**
 * Reads the world's language exactly. A sentence is "head relation tail", and may go on with more "relation tail"
 * about the same head, as passages do ("m first a second b"); "." or "|" ends it. Sentences of another shape state nothing.
 * Never fails: text without sentences gives an empty list.
 */
export const worldExtractor: TripleExtractor = {
  name: "world-parser",
  semantics: { functional: ["mechanism", "first", "second"], opposites: [["avoid", "safe"]] },
  extract: (text) => text.split(/(?:^|\s)[.|](?=\s|$)/).flatMap(readSentence),
};

function readSentence(text: string): Triple[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const [head, ...rest] = words;
  if (head === undefined || isRelation(head) || rest.length < 2 || rest.length % 2 === 1) return [];
  const triples: Triple[] = [];
  for (let i = 0; i < rest.length; i += 2) {
    const relation = rest[i] ?? "";
    const tail = rest[i + 1] ?? "";
    if (!isRelation(relation) || isRelation(tail)) return [];
    triples.push({ head, relation, tail, retrieved: null });
  }
  return triples;
}
