import type { Triple, TripleExtractor } from "../domain/triple.ts";
import { relationsOf } from "./domain.ts";
import type { Domain } from "./domain.ts";

/**
 * Reads a domain's language exactly. A sentence is "head relation tail", and may go on with more "relation tail"
 * about the same head, as passages do ("m first a second b"); "." or "|" ends it. Sentences of another shape state nothing.
 * Never fails: text without sentences gives an empty list.
 */
export function createExtractor(domain: Domain): TripleExtractor {
  const { cause, first, second, avoid, safe, leads } = domain.words;
  const relations = new Set(relationsOf(domain));
  return {
    name: `${domain.name}-parser`,
    semantics: {
      functional: [cause, first, second, ...(leads === undefined ? [] : [leads])],
      opposites: [[avoid, safe]],
    },
    extract: (text) => {
      const words = text.trim().split(/\s+/);
      const triples: Triple[] = [];
      let start = 0;
      for (let end = 0; end <= words.length; end++) {
        const word = words[end];
        if (word !== undefined && word !== "." && word !== "|") continue;
        readSentence(words, start, end, relations, triples);
        start = end + 1;
      }
      return triples;
    },
  };
}

/** Adds what the words from `start` to before `end` state. */
function readSentence(
  words: readonly string[],
  start: number,
  end: number,
  relations: ReadonlySet<string>,
  triples: Triple[],
): void {
  const isRelation = (word: string | undefined): boolean => relations.has(word ?? "");
  const head = words[start];
  if (head === undefined || end - start < 3 || (end - start) % 2 === 0 || isRelation(head)) return;
  for (let i = start + 1; i < end; i += 2) if (!isRelation(words[i]) || isRelation(words[i + 1])) return;
  for (let i = start + 1; i < end; i += 2)
    triples.push({ head, relation: words[i] ?? "", tail: words[i + 1] ?? "", retrieved: null });
}
