import { alwaysSameOptions } from "../demonstrations/answerForm.ts";
import type { PassageSearch } from "../domain/passage.ts";
import type { AnswerOption, Question } from "../domain/question.ts";
import type { RandomStream } from "../domain/seed.ts";
import type { Tokenizer } from "../policy/port.ts";
import type { RunEnvironment } from "../environments/runEnvironment.ts";
import type { ShownCall } from "../environments/showCalls.ts";
import { renderPrompt } from "../protocol/prompt.ts";
import type { Tags } from "../protocol/tags.ts";
import type { Script, ScriptPart } from "../world/base/script.ts";
import type { DemonstrationRecipe } from "./coldStartRecipe.ts";
import { endOfText } from "./tokenizerFile.ts";

type AskedQuestion = Pick<Question, "text" | "options" | "answer" | "references">;

export interface DemonstrationMaterial {
  readonly questions: readonly Question[];
  /** First words of passages: they stand in for questions, so that there are enough to learn asking from. */
  readonly openings: readonly string[];
  readonly search: PassageSearch;
  readonly tokenizer: Tokenizer;
  readonly environment: RunEnvironment;
}

/** What chance decides of a demonstration; what its tool answers is not known yet. */
export interface DrawnDemonstration {
  readonly question: AskedQuestion;
  /** Which of the tools is called; null for none. */
  readonly tool: number | null;
  readonly answer: string;
}

/** Demonstrations of the protocol from training questions and real answers of tools; they show the form, not the art. */
export interface Demonstrations {
  draw(random: RandomStream): DrawnDemonstration;
  /** Asks the tool, so that only what is shown is ever looked for. */
  write(drawn: DrawnDemonstration): Promise<Script>;
}

/** Prepares demonstrations of a task's material by a recipe; nothing is drawn yet. */
export function createDemonstrations(
  { questions, openings, search, tokenizer, environment }: DemonstrationMaterial,
  recipe: DemonstrationRecipe,
): Demonstrations {
  const { tags } = environment;
  const room = { passages: recipe.passagesPerSearch, maxPassageTokens: recipe.maxPassageTokens };
  const tools = environment.showCalls({ corpus: search, tokenizer, room });
  const named = alwaysSameOptions(questions) ? ({ text }: AnswerOption) => text : ({ label }: AnswerOption) => label;
  return {
    draw: (random) => {
      const real = random.uniform() < recipe.realQuestions || openings.length === 0;
      const asked = random.choice(questions);
      const question = real
        ? asked
        : { text: random.choice(openings), options: asked.options, answer: "", references: [] };
      const calls = random.uniform() < recipe.calls && tools.length > 0;
      const tool = !calls ? null : tools.length === 1 ? 0 : random.integer(tools.length);
      return { question, tool, answer: drawAnswer(question, named, recipe, random) };
    },
    write: async (drawn) => {
      const words = firstWords(tags.strip(drawn.question.text), recipe.queryWords);
      const show = drawn.tool === null || words === "" ? undefined : tools[drawn.tool];
      const [shown = null, [found = []]] = await Promise.all([show?.(words), search.search([words], 1)]);
      return scriptOf(drawn, shown, found[0]?.passage.text, tags, recipe);
    },
  };
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
  { question, answer }: DrawnDemonstration,
  shown: ShownCall | null,
  firstFound: string | undefined,
  tags: Tags,
  recipe: DemonstrationRecipe,
): Script {
  const calling: ScriptPart[] =
    shown === null
      ? []
      : [
          { author: "model", text: ` ${shown.call}` },
          { author: "environment", text: ` ${shown.answer}` },
        ];
  const note = firstWords(
    tags.strip(question.references[0]?.reasoning ?? firstFound ?? question.text),
    recipe.noteWords,
  );
  return [
    { author: "environment", text: renderPrompt(question, tags) },
    { author: "model", text: "<think>" },
    ...calling,
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
