import type { RandomStream } from "../../domain/seed.ts";
import { searchProtocol } from "../../environments/search/searchTags.ts";
import { renderPrompt } from "../../protocol/prompt.ts";
import type { World } from "../facts.ts";
import { threeBands } from "../domain.ts";
import { askAbout } from "../worldQuestions.ts";
import type { Problem } from "../worldQuestions.ts";
import type { Script, ScriptPart } from "./script.ts";
import { drawLevel, inventDistraction, inventStatement, sentenceOf } from "./statements.ts";
import type { Statement, Topic } from "./statements.ts";
import { documentText } from "./wording.ts";

/**
 * A whole case in which somebody else recognises and searches and the model only reads: what the made-up documents say,
 * and the answer that follows. So reading is learnt where it is needed, and searching is not.
 */
export function guidedCase(problem: Problem, world: World, random: RandomStream): Script {
  const { field, circumstance, fault } = problem;
  const { domain } = world;
  const { words, scale } = domain;
  const invent = (topic: Topic, head: string): Statement =>
    inventStatement(topic, head, { world, field, circumstance }, random);
  const show = (statement: Statement, asked: string): ScriptPart => {
    const band = random.choice([null, ...threeBands(domain)]);
    const beside = {
      ...inventDistraction(statement.head, world, field, random),
      level: drawLevel(scale, band, random),
    };
    const found = random.shuffle([{ ...statement, level: drawLevel(scale, band, random) }, beside]);
    return {
      author: "environment",
      text: `<search> ${query(statement.head, asked, band)} </search> ${documentText(found, scale)}`,
    };
  };
  const say = (text: string): ScriptPart => ({ author: "model", text });
  const cause = invent("cause", fault.name);
  const remedies = invent("remedies", cause.pairs[0]?.[1] ?? "");
  const [firstChoice = "", secondChoice = ""] = remedies.pairs.map(([, remedy]) => remedy);
  const check = invent("exclusion", firstChoice);
  const isExcluded = check.pairs[0]?.[0] === words.avoid;
  const opening = `${renderPrompt(askAbout(domain, problem, "base"), searchProtocol)} <think> ${random.choice(problem.signs)} ${words.suggests} ${fault.name} .`;
  return [
    { author: "environment", text: opening },
    show(cause, words.cause),
    say(sentenceOf(cause, 0)),
    show(remedies, words.first),
    say(sentenceOf(remedies, 0)),
    show(check, circumstance),
    say(sentenceOf(check, 0)),
    ...(isExcluded ? [say(sentenceOf(remedies, 1))] : []),
    say(`</think> <answer> ${isExcluded ? secondChoice : firstChoice} </answer> <eos>`),
  ];
}

function query(head: string, words: string, band: string | null): string {
  return band === null ? `${head} ${words}` : `${head} ${words} ${band}`;
}
