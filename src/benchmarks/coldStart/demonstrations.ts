import type { PassageSearch, RankedPassage } from "../../domain/passage.ts";
import type { Question } from "../../domain/question.ts";
import type { RandomStream } from "../../domain/seed.ts";
import type { Tokenizer } from "../../policy/port.ts";
import { createTokenCutter, renderDocumentBlock } from "../../protocol/documentBlock.ts";
import { renderPrompt } from "../../protocol/prompt.ts";
import { stripTags } from "../../protocol/tags.ts";
import type { Script, ScriptPart } from "../../world/base/script.ts";
import type { DemonstrationRecipe } from "./recipe.ts";
import { endOfText } from "./tokenizerFile.ts";

/** A question with the query of its demonstrations and what that search really finds. */
interface SearchedQuestion {
  readonly question: Pick<Question, "text" | "options" | "answer" | "references">;
  readonly query: string;
  readonly found: readonly RankedPassage[];
}

export interface DemonstrationMaterial {
  readonly questions: readonly Question[];
  /** Texts of passages: their openings stand in for questions, so that there are enough to learn asking from. */
  readonly texts: readonly string[];
  readonly search: PassageSearch;
  readonly tokenizer: Tokenizer;
}

/** Makes demonstrations of the protocol from training questions and real searches; they show the form, not the art. */
export async function prepareDemonstrations(
  { questions, texts, search, tokenizer }: DemonstrationMaterial, recipe: DemonstrationRecipe,
): Promise<(random: RandomStream) => Script> {
  const cut = createTokenCutter(tokenizer, recipe.maxPassageTokens);
  const options = questions[0]?.options ?? [];
  const openings = texts.map((text) => ({ text: firstWords(text, recipe.openingWords), options, answer: "", references: [] }));
  const [real, made] = [await searchAll(questions, search, recipe), await searchAll(openings, search, recipe)];
  return (random) => {
    const pool = random.uniform() < recipe.realQuestions || made.length === 0 ? real : made;
    return demonstrate(random.choice(pool), cut, recipe, random);
  };
}

async function searchAll(
  questions: readonly SearchedQuestion["question"][], search: PassageSearch, recipe: DemonstrationRecipe,
): Promise<SearchedQuestion[]> {
  const queries = questions.map(({ text }) => firstWords(stripTags(text), recipe.queryWords));
  const found = await search.search(queries, recipe.passagesPerSearch);
  return questions.map((question, index) => ({ question, query: queries[index] ?? "", found: found[index] ?? [] }));
}

function demonstrate({ question, query, found }: SearchedQuestion, cut: (text: string) => string, recipe: DemonstrationRecipe, random: RandomStream): Script {
  const outcome = found.length === 0 ? { status: "nothing-found" as const } : { status: "found" as const, passages: found.map(({ passage }) => passage) };
  const searching: ScriptPart[] = random.uniform() < recipe.searches && query !== ""
    ? [{ author: "model", text: ` <search> ${query} </search>` }, { author: "environment", text: ` ${renderDocumentBlock(outcome, cut)}` }]
    : [];
  const note = firstWords(stripTags(question.references[0]?.reasoning ?? found[0]?.passage.text ?? question.text), recipe.noteWords);
  const right = question.options.find(({ label }) => label === question.answer)?.text ?? question.answer;
  const guesses = right === "" || random.uniform() >= recipe.answersRightly;
  const answer = guesses && question.options.length > 0 ? random.choice(question.options).text : right;
  return [
    { author: "environment", text: renderPrompt(question) },
    { author: "model", text: "<think>" },
    ...searching,
    { author: "model", text: ` ${note} </think> <answer> ${answer} </answer>${endOfText}` },
  ];
}

function firstWords(text: string, count: number): string {
  return text.split(/\s+/).filter((word) => word !== "").slice(0, count).join(" ");
}
