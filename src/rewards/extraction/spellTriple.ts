import type { Question } from "../../domain/question.ts";
import { foldText } from "../../domain/text/fold.ts";
import type { Triple } from "../../domain/triple.ts";
import { infinitiveOf } from "./phrases.ts";
import { mergeEntity, mergeRelation } from "./synonyms.ts";

const denial = /^(?:(?:do|does|did|has|have|had|can|could|may|might|will|would|should|must) )?(?:not|never|no) /;
const deniedState = /^(is|are|was|were|be) (?:not|never)(?= |$)/;
const state = /^(?:is|are|was|were|be)(?: (?:a|an|the))?(?: |$)/;
const modal = /^(?:can|could|may|might|will|would|should|must) /;

/**
 * A triple that a model or a user wrote, in the spelling of those that are read by rules, so that equal statements are
 * equal: one width and case, merged synonyms, relations as infinitives, their negation as "not " in front.
 */
export function spelledTriple(triple: Triple): Triple {
  const { head, relation, tail } = triple;
  return {
    ...triple,
    head: mergeEntity(spelled(head)),
    relation: spelledRelation(relation),
    tail: mergeEntity(spelled(tail)),
  };
}

/** A question whose graphs and facts are spelled so. */
export function withSpelledTriples(question: Question): Question {
  return {
    ...question,
    goldFacts: question.goldFacts?.map(spelledTriple) ?? null,
    references: question.references.map((reference) => ({
      ...reference,
      graph: reference.graph?.map(spelledTriple) ?? null,
    })),
  };
}

/** Small letters of one width, single blanks, no punctuation at the ends; what is nothing else stays. */
function spelled(text: string): string {
  const folded = foldText(text)
    .toLowerCase()
    .replace(/[\s_]+/g, " ")
    .replace(/[‘’]/g, "'");
  return folded.replace(/^[\s"'“”.,;:]+|[\s"'“”.,;:]+$/g, "") || folded;
}

function spelledRelation(text: string): string {
  const words = spelled(text)
    .replace(/\bcannot\b|\bcan't\b/, "can not")
    .replace(/\bwon't\b/, "will not")
    .replace(/n't\b/, " not");
  const stated = words.replace(denial, "").replace(deniedState, "$1");
  return `${stated === words ? "" : "not "}${mergeRelation(infinitive(stated.replace(modal, "")))}`;
}

/** "treats" is to treat, "is linked to" to link to, "is suggestive of" to be suggestive of. */
function infinitive(words: string): string {
  const rest = words.replace(state, "");
  const [first = "", ...others] = rest.split(" ");
  const verb = /^[a-z]+$/.test(first) ? infinitiveOf(first) : first;
  const isState = rest !== words && verb === first;
  return [...(isState ? ["be"] : []), verb, ...others].filter((word) => word !== "").join(" ");
}
