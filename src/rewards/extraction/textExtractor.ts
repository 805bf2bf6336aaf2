import type { Triple, TripleExtractor } from "../../domain/triple.ts";
import { expandAbbreviations } from "./abbreviations.ts";
import { readPhrases } from "./phrases.ts";
import type { Phrase } from "./phrases.ts";
import { mergeEntity, mergeRelation, opposedRelations } from "./synonyms.ts";

/**
 * Reads triples from English text without any service, by parts of speech (compromise): subject –verb→ object.
 * Negated statements get a relation that begins with "not "; abbreviations are expanded, synonyms merged.
 * It sees what sentences say plainly, and misses what takes understanding. A text in another script is not read (null):
 * two texts that state nothing would be taken for equal.
 */
export const textExtractor: TripleExtractor = {
  name: "parts-of-speech",
  semantics: { functional: [], opposites: opposedRelations },
  extract: (text) => (isEnglish(text) ? readPhrases(expandAbbreviations(text)).flatMap(readSentence) : null),
};

/** Whether most letters of a text are Latin; a text without letters states nothing in any language. */
function isEnglish(text: string): boolean {
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return (text.match(/\p{L}/gu)?.length ?? 0) <= 2 * latin;
}

/** What has been read of a sentence so far. */
interface Reading {
  subject: string | null;
  /** The verb with its preposition; null until a verb follows the subject. */
  relation: { verb: string; negated: boolean; reversed: boolean } | null;
  lastNoun: string | null;
  /** "No evidence that …": negates the clause after it. */
  denied: boolean;
}

const knowledge = new Set(["evidence", "proof", "indication", "sign", "support", "data"]);

function readSentence(phrases: readonly Phrase[]): Triple[] {
  const triples: Triple[] = [];
  const reading: Reading = { subject: null, relation: null, lastNoun: null, denied: false };
  for (const [index, phrase] of phrases.entries()) {
    if (phrase.kind === "verb")
      reading.relation =
        reading.subject === null
          ? null
          : {
              verb: phrase.infinitive,
              negated: phrase.negated !== reading.denied,
              reversed: phrase.passive && isBy(phrases[index + 1]),
            };
    else if (phrase.kind === "relative") startRelative(reading);
    else if (phrase.kind === "preposition") takePreposition(reading, phrase.text, phrases[index - 1]);
    else if (phrase.kind === "noun") takeNoun(reading, phrase.text, phrases[index + 1], triples);
  }
  return triples;
}

function startRelative(reading: Reading): void {
  reading.denied = reading.relation?.negated === true && knowledge.has(reading.lastNoun ?? "");
  startClause(reading, reading.denied ? null : reading.lastNoun);
}

function startClause(reading: Reading, subject: string | null): void {
  reading.subject = subject;
  reading.relation = null;
}

function isBy(phrase: Phrase | undefined): boolean {
  return phrase?.kind === "preposition" && phrase.text === "by";
}

/** Right behind the verb a preposition belongs to it; behind an object it begins another one of the same verb. */
function takePreposition({ relation }: Reading, word: string, before: Phrase | undefined): void {
  if (relation === null || (before?.kind === "noun" && word === "of")) return;
  const [verb = ""] = relation.verb.split(" ");
  relation.verb = relation.reversed && word === "by" ? verb : `${verb} ${word}`;
}

/** A noun is the subject before a verb, an object behind one; one that a verb follows begins a clause of its own. */
function takeNoun(reading: Reading, text: string, next: Phrase | undefined, triples: Triple[]): void {
  const entity = mergeEntity(text);
  reading.lastNoun = entity;
  if (reading.relation === null || next?.kind === "verb") return startClause(reading, entity);
  const {
    subject,
    relation: { verb, negated, reversed },
  } = reading;
  if (subject === null || subject === entity) return;
  const relation = `${negated ? "not " : ""}${mergeRelation(verb)}`;
  const [head, tail] = reversed ? [entity, subject] : [subject, entity];
  triples.push({ head, relation, tail, retrieved: null });
}
