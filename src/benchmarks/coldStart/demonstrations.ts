import type { EvidenceScale } from "../../domain/evidenceScale.ts";
import type { PassageSearch, RankedPassage } from "../../domain/passage.ts";
import type { AnswerOption, Question } from "../../domain/question.ts";
import type { RandomStream } from "../../domain/seed.ts";
import type { Tokenizer } from "../../policy/port.ts";
import { createTokenCutter, renderDocumentBlock } from "../../environments/search/documentBlock.ts";
import { renderPrompt } from "../../protocol/prompt.ts";
import { searchProtocol } from "../../environments/search/tags.ts";
import type { Script, ScriptPart } from "../../world/base/script.ts";
import type { DemonstrationRecipe } from "./recipe.ts";
import { endOfText } from "./tokenizerFile.ts";

type AskedQuestion = Pick<Question, "text" | "options" | "answer" | "references">;

export interface DemonstrationMaterial {
  readonly questions: readonly Question[];
  /** First words of passages: they stand in for questions, so that there are enough to learn asking from. */
  readonly openings: readonly string[];
  readonly search: PassageSearch;
  readonly tokenizer: Tokenizer;
}

/** What chance decides of a demonstration; what its search finds is not known yet. */
export interface DrawnDemonstration {
  readonly question: AskedQuestion;
  readonly searches: boolean;
  readonly answer: string;
}

/** Demonstrations of the protocol from training questions and real searches; they show the form, not the art. */
export interface Demonstrations {
  draw(random: RandomStream): DrawnDemonstration;
  /** Searches, so that only what is shown is ever looked for. */
  write(drawn: DrawnDemonstration): Promise<Script>;
}

export function createDemonstrations(
  { questions, openings, search, tokenizer }: DemonstrationMaterial,
  recipe: DemonstrationRecipe,
): Demonstrations {
  const cut = createTokenCutter(tokenizer, recipe.maxPassageTokens);
  const named = alwaysSameOptions(questions) ? ({ text }: AnswerOption) => text : ({ label }: AnswerOption) => label;
  return {
    draw: (random) => {
      const real = random.uniform() < recipe.realQuestions || openings.length === 0;
      const asked = random.choice(questions);
      const question = real
        ? asked
        : { text: random.choice(openings), options: asked.options, answer: "", references: [] };
      const searches = random.uniform() < recipe.searches;
      return { question, searches, answer: drawAnswer(question, named, recipe, random) };
    },
    write: async (drawn) => {
      const query = firstWords(searchProtocol.strip(drawn.question.text), recipe.queryWords);
      const [found = []] = await search.search([query], recipe.passagesPerSearch);
      return scriptOf(drawn, query, found, { scale: search.scale, cut }, recipe);
    },
  };
}

/** "yes", "no" and "maybe" are soon known by heart; options that each question has of its own are named by their labels. */
function alwaysSameOptions(questions: readonly Question[]): boolean {
  return new Set(questions.map(({ options }) => options.map(({ text }) => text).join("\n"))).size === 1;
}

function drawAnswer(
  { options, answer }: AskedQuestion,
  named: (option: AnswerOption) => string,
  recipe: DemonstrationRecipe,
  random: RandomStream,
): string {
  const right = options.find(({ label }) => label === answer);
  if (options.length > 0 && (right === undefined || random.uniform() >= recipe.answersRightly))
    return named(random.choice(options));
  return right === undefined ? answer : named(right);
}

function scriptOf(
  { question, searches, answer }: DrawnDemonstration,
  query: string,
  found: readonly RankedPassage[],
  { scale, cut }: { readonly scale: EvidenceScale; readonly cut: (text: string) => string },
  recipe: DemonstrationRecipe,
): Script {
  const passages = found.map(({ passage }) => passage);
  const searching: ScriptPart[] =
    searches && query !== ""
      ? [
          { author: "model", text: ` <search> ${query} </search>` },
          { author: "environment", text: ` ${renderDocumentBlock(passages, scale, cut)}` },
        ]
      : [];
  const note = firstWords(
    searchProtocol.strip(question.references[0]?.reasoning ?? found[0]?.passage.text ?? question.text),
    recipe.noteWords,
  );
  return [
    { author: "environment", text: renderPrompt(question, searchProtocol) },
    { author: "model", text: "<think>" },
    ...searching,
    { author: "model", text: ` ${note} </think> <answer> ${answer} </answer>${endOfText}` },
  ];
}

export function firstWords(text: string, count: number): string {
  return text
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, count)
    .join(" ");
}
