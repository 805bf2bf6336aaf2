import type { RandomStream } from "../../domain/seed.ts";
import { searchProtocol } from "../../environments/search/searchTags.ts";
import { renderPrompt } from "../../protocol/prompt.ts";
import { threeBands } from "../domain.ts";
import { nothing } from "../vocabulary.ts";
import { askAbout } from "../worldQuestions.ts";
import type { Problem } from "../worldQuestions.ts";
import type { EvidenceSource } from "./evidence.ts";
import type { Habits } from "./habits.ts";
import { besideThePoint, documentText } from "./wording.ts";
import type { Script, ScriptPart } from "./script.ts";
import { inventStatement, isInformative, sentenceOf, strongest } from "./statements.ts";
import type { DocumentedStatement, Statement, Topic } from "./statements.ts";
import type { World } from "../facts.ts";

/** Share of unchecked answers that do not follow from the reasoning, and of safe first choices that are given up. */
const unfoundedAnswers = 0.3;
const needlessSwitches = 0.1;

/**
 * One trajectory of a writer with the given habits: think, perhaps search, state what is read, remembered or guessed,
 * answer. A fault that is not recognised is taken for one of `confusable`.
 */
export function consult(
  world: World,
  problem: Problem,
  confusable: readonly string[],
  source: EvidenceSource,
  habits: Habits,
  random: RandomStream,
): Script {
  const { field, signs } = problem;
  const { domain } = world;
  const { words } = domain;
  const parts: ScriptPart[] = [
    { author: "environment", text: renderPrompt(askAbout(domain, problem, "base"), searchProtocol) },
  ];
  const say = (text: string): void => void parts.push({ author: "model", text });
  const happens = (probability: number): boolean => random.uniform() < probability;

  const search = (topic: Topic, head: string): readonly DocumentedStatement[] => {
    const { query, found } = ask(world, problem, topic, head, source, habits, random);
    say(`<search> ${query} </search>`);
    parts.push({ author: "environment", text: documentText(found, domain.scale) });
    return found.filter(
      (statement) =>
        statement.head === head &&
        isInformative(statement, words) &&
        (topic !== "exclusion" || tailOf(statement, 0) === problem.circumstance),
    );
  };
  /** What the last search showed of its head; null where there was none. */
  const last: { found: readonly DocumentedStatement[] | null } = { found: null };
  const establish = (topic: Topic, head: string): Statement => {
    const found = happens(topic === "exclusion" ? habits.searchesToCheck : habits.searches)
      ? search(topic, head)
      : null;
    last.found = found;
    const draw = random.uniform();
    if (found !== null && found.length > 0 && draw < habits.reads)
      return happens(habits.weighsEvidence) ? strongest(found) : random.choice(found);
    const remembered = draw < habits.reads + habits.remembers ? source.remember(topic, head) : null;
    return remembered ?? inventStatement(topic, head, { world, ...problem }, random);
  };
  say("<think>");
  const fault = happens(habits.recognises) ? problem.fault.name : random.choice(confusable);
  say(`${random.choice(signs)} ${words.suggests} ${fault} .`);
  let cause = establish("cause", fault);
  if (last.found?.length === 0 && habits.abstains !== undefined && happens(habits.abstains)) {
    say(`</think> <answer> ${nothing} </answer> <eos>`);
    return parts;
  }
  say(sentenceOf(cause, 0));
  for (const _ of field.links) {
    cause = establish("link", tailOf(cause, 0));
    say(sentenceOf(cause, 0));
  }
  const remedies = establish("remedies", tailOf(cause, 0));
  say(sentenceOf(remedies, 0));
  const [firstChoice, secondChoice] = [tailOf(remedies, 0), tailOf(remedies, 1)];
  let answer = happens(unfoundedAnswers)
    ? random.choice([secondChoice, random.choice(field.remedies).name])
    : firstChoice;
  if (happens(habits.checks)) {
    const check = establish("exclusion", firstChoice);
    say(sentenceOf(check, 0));
    const switches = happens(check.pairs[0]?.[0] === words.avoid ? habits.switches : needlessSwitches);
    if (switches) say(sentenceOf(remedies, 1));
    answer = switches ? secondChoice : firstChoice;
  }
  say(happens(habits.breaksFormat) ? brokenEnding(answer, random) : `</think> <answer> ${answer} </answer> <eos>`);
  return parts;
}

function tailOf(statement: Statement, index: number): string {
  const pair = statement.pairs[index];
  if (pair === undefined) throw new RangeError(`"${statement.head}" has no ${index + 1}. statement`);
  return pair[1];
}

/** The words of a search and what it shows. */
function ask(
  { domain }: World,
  problem: Problem,
  topic: Topic,
  head: string,
  source: EvidenceSource,
  habits: Habits,
  random: RandomStream,
): { query: string; found: readonly DocumentedStatement[] } {
  const asked = {
    cause: [domain.words.cause],
    link: [domain.words.leads ?? ""],
    remedies: [domain.words.first, domain.words.remedies],
    exclusion: [problem.circumstance],
  }[topic];
  const plain = `${head} ${random.choice(asked)}`;
  const draw = random.uniform();
  if (draw < habits.asksWithBand) {
    const [best, ...others] = threeBands(domain);
    const band = random.uniform() < habits.asksForBest ? best : random.choice(others);
    return { query: `${plain} ${band}`, found: source.about(topic, head, band) };
  }
  if (draw < habits.asksWithBand + habits.asksPlainly) return { query: plain, found: source.about(topic, head, null) };
  return { query: besideThePoint(domain, problem, head, random), found: source.beside(head) };
}

/** Endings that the format gate refuses. */
function brokenEnding(answer: string, random: RandomStream): string {
  return random.choice([
    `</think> ${answer} <eos>`,
    `<answer> ${answer} </answer> <eos>`,
    `</think> <answer> ${answer} <eos>`,
    `<search> </think> <answer> ${answer} </answer> <eos>`,
  ]);
}
