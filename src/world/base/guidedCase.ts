import type { RandomStream } from "../../domain/seed.ts";
import { searchProtocol } from "../../environments/search/searchTags.ts";
import { renderPrompt } from "../../protocol/prompt.ts";
import type { World } from "../facts.ts";
import { threeBands, type Domain } from "../domain.ts";
import { askAbout, leadWord } from "../worldQuestions.ts";
import type { Problem } from "../worldQuestions.ts";
import { nothing } from "../vocabulary.ts";
import { silentEvidence, silentShare } from "./evidence.ts";
import type { Script, ScriptPart } from "./script.ts";
import { drawLevel, inventNeighbour, inventStatement, sentenceOf } from "./statements.ts";
import type { Statement, Topic } from "./statements.ts";
import { documentText } from "./wording.ts";

/**
 * A whole case in which somebody else recognises and searches and the model only reads: what the made-up documents say,
 * and the answer that follows. So reading is learnt where it is needed, and searching is not.
 */
export function guidedCase(problem: Problem, world: World, random: RandomStream): Script {
  if (world.regime.silentFields > 0 && random.uniform() < silentShare) return silentCase(problem, world, random);
  const { field, circumstance, fault } = problem;
  const { domain } = world;
  const { words, scale } = domain;
  const scene = { world, field, circumstance };
  const invent = (topic: Topic, head: string): Statement => inventStatement(topic, head, scene, random);
  const show = (topic: Topic, statement: Statement, asked: string): ScriptPart => {
    const band = random.choice([null, ...threeBands(domain)]);
    const beside = {
      ...inventNeighbour(topic, statement.head, scene, random),
      level: drawLevel(scale, band, random),
    };
    const found = random.shuffle([{ ...statement, level: drawLevel(scale, band, random) }, beside]);
    return {
      author: "environment",
      text: `<search> ${query(statement.head, asked, band)} </search> ${documentText(found, scale)}`,
    };
  };
  const say = (text: string): ScriptPart => ({ author: "model", text });
  const causes = [invent("cause", fault.name)];
  const tail = (statement: Statement | undefined): string => statement?.pairs[0]?.[1] ?? "";
  for (const _ of field.links) causes.push(invent("link", tail(causes.at(-1))));
  const remedies = invent("remedies", tail(causes.at(-1)));
  const [firstChoice = "", secondChoice = ""] = remedies.pairs.map(([, remedy]) => remedy);
  const check = invent("exclusion", firstChoice);
  const isExcluded = check.pairs[0]?.[0] === words.avoid;
  const opening = openingOf(problem, domain, random);
  return [
    { author: "environment", text: opening },
    ...causes.flatMap((cause, step) => [show("cause", cause, leadWord(words, step)), say(sentenceOf(cause, 0))]),
    show("remedies", remedies, words.first),
    say(sentenceOf(remedies, 0)),
    show("exclusion", check, circumstance),
    say(sentenceOf(check, 0)),
    ...(isExcluded ? [say(sentenceOf(remedies, 1))] : []),
    say(`</think> <answer> ${isExcluded ? secondChoice : firstChoice} </answer> <eos>`),
  ];
}

/** A case that the corpus is silent about: what is found speaks of other faults, and the answer abstains. */
function silentCase(problem: Problem, world: World, random: RandomStream): Script {
  const { domain } = world;
  const band = random.choice([null, ...threeBands(domain)]);
  const found = silentEvidence({ world, ...problem }, random).about("cause", problem.fault.name, band);
  const search = `<search> ${query(problem.fault.name, domain.words.cause, band)} </search>`;
  return [
    { author: "environment", text: `${openingOf(problem, domain, random)} ${search}` },
    { author: "environment", text: documentText(found, domain.scale) },
    { author: "model", text: `</think> <answer> ${nothing} </answer> <eos>` },
  ];
}

function openingOf(problem: Problem, domain: Domain, random: RandomStream): string {
  return `${renderPrompt(askAbout(domain, problem, "base"), searchProtocol)} <think> ${random.choice(problem.signs)} ${domain.words.suggests} ${problem.fault.name} .`;
}

function query(head: string, words: string, band: string | null): string {
  return band === null ? `${head} ${words}` : `${head} ${words} ${band}`;
}
