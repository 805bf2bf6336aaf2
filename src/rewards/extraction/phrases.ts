import { createRequire } from "node:module";
import { memoize } from "../../caching/memoize.ts";

type Grammar = typeof import("compromise/three").default;

const require = createRequire(import.meta.url);
let grammar: Grammar | undefined;

/** The rules and words of English, which take a good part of a second to load: once, and only where sentences are read. */
export function loadGrammar(): Grammar {
  // As CommonJS it is one file, loaded in a third of the time of its hundreds of modules.
  grammar ??= require("compromise/three") as Grammar;
  return grammar;
}

/** A stretch of a sentence by its part in it. */
export type Phrase =
  | { readonly kind: "noun"; readonly text: string }
  | { readonly kind: "verb"; readonly infinitive: string; readonly negated: boolean; readonly passive: boolean }
  | { readonly kind: "preposition" | "conjunction" | "relative"; readonly text: string };

interface Term {
  /** What stands between this word and the next. */
  readonly post: string;
  readonly normal: string;
  readonly tags?: readonly string[];
}

/** Words that medical sentences use as verbs and everyday language as nouns too. */
const verbs = Object.fromEntries(
  ["causes", "triggers", "treats", "reduces", "increases", "decreases", "blocks", "lowers", "raises"].map((word) => [
    word,
    "PresentTense",
  ]),
);

/** The phrases of each sentence of an English text. */
export function readPhrases(text: string): Phrase[][] {
  const sentences = loadGrammar()(text, verbs).json({ terms: { normal: true, tags: true, whitespace: true } }) as {
    readonly terms: readonly Term[];
  }[];
  return sentences.map(({ terms }) => joinTerms(terms));
}

type Part = Phrase["kind"] | "skip" | "negative";

/** Neighbours of one kind are one phrase; a gerund or participle between nouns belongs to the noun. */
function joinTerms(terms: readonly Term[]): Phrase[] {
  const phrases: Phrase[] = [];
  let group: Term[] = [];
  let groupPart: Part = "skip";
  let negated = false;
  const close = (): void => {
    const phrase = group.length === 0 ? null : toPhrase(groupPart, group, negated);
    if (phrase !== null) phrases.push(phrase);
    if (groupPart === "verb") negated = false;
    group = [];
  };
  for (const term of terms) {
    const part = partOf(term);
    if (part === "negative") {
      negated = true;
      continue;
    }
    if (part === "skip") continue;
    if (part !== groupPart || part === "preposition" || part === "conjunction") close();
    groupPart = part;
    group.push(term);
    if (/[,;:]/.test(term.post)) {
      close();
      groupPart = "skip";
    }
  }
  close();
  return phrases;
}

function partOf({ tags = [], normal }: Term): Part {
  const has = (...names: readonly string[]): boolean => names.some((name) => tags.includes(name));
  if (has("Negative") || normal === "no" || normal === "without") return "negative";
  if (normal === "which" || normal === "that" || normal === "who") return "relative";
  if (has("Verb", "Auxiliary", "Copula", "Modal")) return "verb";
  if (has("Preposition") || normal === "to") return "preposition";
  if (has("Conjunction")) return "conjunction";
  if (has("Determiner", "Adverb", "Pronoun", "QuestionWord")) return "skip";
  return has("Noun", "Adjective", "Value", "Acronym") || normal !== "" ? "noun" : "skip";
}

function toPhrase(part: Part, terms: readonly Term[], negated: boolean): Phrase | null {
  if (part === "noun") return toNoun(terms);
  if (part === "verb") return toVerb(terms, negated);
  const text = terms.map((term) => term.normal).join(" ");
  return part === "preposition" || part === "conjunction" || part === "relative" ? { kind: part, text } : null;
}

/** Words of punctuation alone name nothing. */
function toNoun(terms: readonly Term[]): Phrase | null {
  const text = nounText(terms.map((term) => term.normal).join(" "));
  return /[\p{L}\p{N}]/u.test(text) ? { kind: "noun", text } : null;
}

/** A contraction ("'d") may leave a verb without a word. */
function toVerb(terms: readonly Term[], negated: boolean): Phrase | null {
  const main =
    terms.findLast(({ tags = [] }) => !tags.includes("Auxiliary") && !tags.includes("Modal")) ?? terms.at(-1);
  const word = main?.normal ?? "";
  if (word === "") return null;
  const copula = main?.tags?.includes("Copula") === true;
  return {
    kind: "verb",
    infinitive: copula ? "be" : infinitiveOf(word),
    negated,
    passive: main?.tags?.includes("Passive") === true && !copula,
  };
}

const mostWords = 50_000;

/** The infinitive of a verb; another word as it is. */
export const infinitiveOf = memoize((word) => {
  const view = loadGrammar()(word);
  view.tag("Verb");
  return view.verbs().toInfinitive().text() || word;
}, mostWords);

const nounText = memoize((text) => {
  const view = loadGrammar()(text);
  view.tag("Noun");
  return (
    view
      .nouns()
      .toSingular()
      .text()
      .replace(/[.,;:()]/g, "")
      .trim() || text
  );
}, mostWords);
