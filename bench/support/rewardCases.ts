import type { Passage } from "../../src/domain/passage.ts";
import { Question } from "../../src/domain/question.ts";
import { randomStream, type RandomStream } from "../../src/domain/seed.ts";
import type { Triple } from "../../src/domain/triple.ts";
import { medicine, openMedicine } from "../../src/tasks/world/medicine.ts";
import { relationsOf } from "../../src/world/domain.ts";
import { sentence } from "../../src/world/worldQuestions.ts";

/** One trajectory to score, with all that scoring needs. */
export interface RewardCase {
  readonly question: Question;
  readonly text: string;
  readonly passages: readonly Passage[];
  readonly tokens: number;
  readonly gain: number | null;
}

/** Trajectories of one question, as in training. */
const samples = 8;

/** Longest response, in tokens. */
export const limit = 160;

/** Trajectories as the world's policies write them: parts of the right chain, sometimes wrong, with retrieved documents. */
export async function worldCases(count: number): Promise<RewardCase[]> {
  const world = openMedicine(1);
  const passages: Passage[] = [];
  for await (const passage of world.passages()) passages.push(passage);
  const words = [...new Set(passages.flatMap(({ text }) => text.split(" ")))];
  return Array.from({ length: count }, (_, index) => {
    const random = randomStream(["bench", "rewards", "world", index]);
    const question = world.training[Math.floor(index / samples) % world.training.length];
    if (question === undefined) throw new Error("the world has no questions");
    const graph = question.references[0]?.graph ?? [];
    const stated = graph
      .filter(() => random.uniform() < 0.85)
      .map((triple) => (random.uniform() < 0.2 ? { ...triple, tail: random.choice(words) } : triple));
    const answer = random.uniform() < 0.6 ? question.answer : random.choice(words);
    return {
      question,
      ...respond(stated, answer, random.sample(passages, random.integer(5)), random),
      gain: random.normal(),
    };
  });
}

/** Anything that can happen: cyclic, dense and empty graphs, several languages, broken formats, malformed searches. */
export function wildCases(count: number): RewardCase[] {
  return Array.from({ length: count }, (_, index) =>
    wildCase(index, randomStream(["bench", "rewards", "wild", index])),
  );
}

const alphabets = [
  ["a", "b", "c", "d", "e", "f", "g"],
  ["é", "ß", "İ", "ﬁ", "Ω", "ǆ", "x"],
  ["流感", "发热", "休息", "咳嗽", "药", "肺", "心"],
  ["😀", "👩‍⚕️", "𝒳", "ñ", "n̄", "क", "ก"],
];

function wildCase(index: number, random: RandomStream): RewardCase {
  const names = random.choice(alphabets);
  const graph = (): Triple[] => Array.from({ length: random.integer(10) }, () => randomTriple(names, random));
  const passages = Array.from(
    { length: random.integer(5) },
    (_, rank): Passage => ({
      id: `${index}-${rank}`,
      title: random.choice(names),
      text: graph().map(sentence).join(" ") || ".",
      source: "bench",
      section: null,
      year: null,
      evidenceLevel: random.uniform() < 0.2 ? null : 1 + random.integer(9),
    }),
  );
  const question = Question.parse({
    id: `wild-${index}`,
    dataset: "bench",
    kind: "open",
    cluster: "bench",
    text: `${names.slice(0, 3).join(" ")} ?`,
    answer: random.choice(names),
    acceptedAnswers: random.sample(names, random.integer(2)),
    partialAnswers: random.sample(names, random.integer(3)),
    harmfulAnswers: random.sample(names, random.integer(3)),
    references: Array.from({ length: random.integer(4) }, () => {
      const triples = graph();
      return {
        answer: "x",
        reasoning: triples.map(sentence).join(" "),
        graph: random.uniform() < 0.1 ? null : triples,
      };
    }),
    goldTitles: random.uniform() < 0.3 ? null : random.sample(names, random.integer(4)),
    goldFacts: random.uniform() < 0.4 ? null : graph(),
    findings: random.sample(names, random.integer(4)),
  });
  const answer =
    random.uniform() < 0.8
      ? `${random.choice(["", "the ", "The answer is "])}${random.choice(names).toUpperCase()}${random.choice(["", ".", "!"])}`
      : names.slice(0, 2).join(" ");
  const stated = random.uniform() < 0.01 ? denseGraph(random) : graph();
  return {
    question,
    ...respond(stated, answer, passages, random),
    gain: random.uniform() < 0.3 ? null : 3 * random.normal(),
  };
}

function randomTriple(names: readonly string[], random: RandomStream): Triple {
  return {
    head: random.choice(names),
    relation: random.choice(relationsOf(medicine)),
    tail: random.choice(names),
    retrieved: null,
  };
}

/** Every node leads to every other: more paths than the bound. */
function denseGraph(random: RandomStream): Triple[] {
  const names = Array.from({ length: 7 + random.integer(2) }, (_, index) => `n${index}`);
  const edges = names.flatMap((head) =>
    names.filter((tail) => tail !== head).map((tail) => ({ head, relation: "suggests", tail, retrieved: null })),
  );
  return [{ head: "root", relation: "suggests", tail: "n0", retrieved: null }, ...edges];
}

/** The text of a response, one in ten broken somewhere. */
function respond(
  stated: readonly Triple[],
  answer: string,
  passages: readonly Passage[],
  random: RandomStream,
): Pick<RewardCase, "text" | "passages" | "tokens"> {
  const sentences = stated.map(sentence);
  const found = passages.map(({ text }) => text).join(" | ");
  const search =
    passages.length === 0 ? [] : [`<search> ${stated[0]?.head ?? "x"} </search> <document> ${found} </document>`];
  const words = [
    "<think>",
    ...sentences.slice(0, 2),
    ...search,
    ...sentences.slice(2),
    "</think>",
    `<answer> ${answer} </answer>`,
  ]
    .join(" ")
    .split(" ");
  const broken =
    random.uniform() < 0.1
      ? words.toSpliced(
          random.integer(words.length),
          random.integer(3),
          ...(random.uniform() < 0.5 ? ["<search>"] : []),
        )
      : words;
  return { text: broken.join(" "), passages, tokens: Math.min(limit, broken.length) };
}
