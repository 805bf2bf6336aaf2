import { expect, test } from "vitest";
import { createDemonstrations } from "../../src/coldStart/demonstrations.ts";
import { coldStartRecipe } from "../../src/coldStart/coldStartRecipe.ts";
import { randomStream } from "../../src/domain/seed.ts";
import type { Question } from "../../src/domain/question.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { createWordTokenizer } from "../protocol/scriptedSampler.ts";
import { searching, searchingAndCalculating } from "../environments/runEnvironments.ts";

const question = (texts: readonly string[]): Question =>
  ({
    text: "Which one?",
    options: texts.map((text, index) => ({ label: "ABC".charAt(index), text })),
    answer: "B",
    references: [],
  }) as unknown as Question;

function answersOf(questions: readonly Question[]): Set<string> {
  const demonstrations = createDemonstrations(
    {
      questions,
      openings: ["The lung is clear"],
      search: { search: async () => [] } as never,
      tokenizer: { encode: () => [], decode: () => "" } as never,
      environment: searching,
    },
    coldStartRecipe.demonstration,
  );
  const random = randomStream(["demonstrations"]);
  return new Set(Array.from({ length: 200 }, () => demonstrations.draw(random).answer));
}

test("options that every question shares are answered by their text, a question's own by their label", () => {
  expect(answersOf([question(["yes", "no", "maybe"]), question(["yes", "no", "maybe"])])).toEqual(
    new Set(["yes", "no", "maybe"]),
  );
  expect(answersOf([question(["aspirin", "rest"]), question(["gout", "asthma", "measles"])])).toEqual(
    new Set(["A", "B", "C"]),
  );
});

test("each tool of a run is shown in its own tags, with its own answer", async () => {
  const demonstrations = createDemonstrations(
    {
      questions: [question(["aspirin", "rest"])],
      openings: [],
      search: createWordSearch([passage("a", "Which one is aspirin")]),
      tokenizer: createWordTokenizer(),
      environment: searchingAndCalculating,
    },
    { ...coldStartRecipe.demonstration, calls: 1 },
  );
  const random = randomStream(["tools"]);
  const texts = await Promise.all(
    Array.from({ length: 20 }, async () =>
      (await demonstrations.write(demonstrations.draw(random))).map(({ text }) => text).join(""),
    ),
  );
  const shown = new Set(texts.map((text) => /<think> (<.*>) Which/u.exec(text)?.[1]));
  expect(shown).toEqual(
    new Set([
      "<search> Which one? </search> <document> Which one is aspirin </document>",
      "<calculate> 10 * 2 </calculate> <result> 20 </result>",
    ]),
  );
});
