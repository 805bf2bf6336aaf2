import type { PassageSearch, RankedPassage } from "../../domain/passage.ts";
import type { Question } from "../../domain/question.ts";
import type { RandomStream } from "../../domain/seed.ts";
import type { Tokenizer } from "../../policy/port.ts";
import { createTokenCutter, renderDocumentBlock } from "../../protocol/documentBlock.ts";
import { renderPrompt } from "../../protocol/prompt.ts";
import { stripTags } from "../../protocol/tags.ts";
import type { Script, ScriptPart } from "../../world/base/script.ts";
import type { ColdStartRecipe } from "./recipe.ts";
import { endOfText } from "./tokenizerFile.ts";

/** A training question with the query of its demonstrations and what that search really finds. */
interface SearchedQuestion {
  readonly question: Question;
  readonly query: string;
  readonly found: readonly RankedPassage[];
}

/** Words that say little in a question, left out of queries. */
const functionWords = new Set("a an and are as at be by can do does for from has have how in is it its not of on or should that the their there this to was we what when which with".split(" "));

/** Makes demonstrations of the protocol from training questions and real searches; they show the form, not the art. */
export async function prepareDemonstrations(
  questions: readonly Question[], search: PassageSearch, tokenizer: Tokenizer, recipe: ColdStartRecipe["demonstration"],
): Promise<(random: RandomStream) => Script> {
  const queries = questions.map((question) => contentWords(question.text).slice(0, recipe.queryWords).join(" "));
  const found = await search.search(queries, recipe.passagesPerSearch);
  const searched = questions.map((question, index): SearchedQuestion => ({ question, query: queries[index] ?? "", found: found[index] ?? [] }));
  const cut = createTokenCutter(tokenizer, recipe.maxPassageTokens);
  return (random) => demonstrate(random.choice(searched), cut, recipe, random);
}

function demonstrate({ question, query, found }: SearchedQuestion, cut: (text: string) => string, recipe: ColdStartRecipe["demonstration"], random: RandomStream): Script {
  const outcome = found.length === 0 ? { status: "nothing-found" as const } : { status: "found" as const, passages: found.map(({ passage }) => passage) };
  const searching: ScriptPart[] = random.uniform() < recipe.searches && query !== ""
    ? [{ author: "model", text: ` <search> ${query} </search>` }, { author: "environment", text: ` ${renderDocumentBlock(outcome, cut)}` }]
    : [];
  const source = question.references[0]?.reasoning ?? found[0]?.passage.text ?? question.text;
  const note = stripTags(source).split(/\s+/).slice(0, recipe.noteWords).join(" ");
  const right = question.options.find(({ label }) => label === question.answer)?.text ?? question.answer;
  const answer = random.uniform() < recipe.answersRightly || question.options.length === 0 ? right : random.choice(question.options).text;
  return [
    { author: "environment", text: renderPrompt(question) },
    { author: "model", text: "<think>" },
    ...searching,
    { author: "model", text: ` ${note} </think> <answer> ${answer} </answer>${endOfText}` },
  ];
}

function contentWords(text: string): string[] {
  return (text.match(/[\p{L}\p{N}-]+/gu) ?? []).map((word) => word.toLowerCase()).filter((word) => !functionWords.has(word));
}
