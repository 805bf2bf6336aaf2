import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { bandLevels } from "../../src/domain/evidenceScale.ts";
import type { Passage } from "../../src/domain/passage.ts";
import type { Question } from "../../src/domain/question.ts";
import type { Triple } from "../../src/domain/triple.ts";
import { machines, machinesLeads } from "../../src/tasks/machines/machines.ts";
import { medicine, medicineLeads } from "../../src/tasks/world/medicine.ts";
import { baseHabits, habitsIn } from "../../src/world/base/habits.ts";
import { baseRecipe, recipeIn } from "../../src/world/base/baseRecipe.ts";
import { baseModel } from "../../src/world/base/baseModel.ts";
import { createExamples } from "../../src/world/base/trainingExamples.ts";
import { lengthened, threeBands, type Domain } from "../../src/world/domain.ts";
import { inventWorld } from "../../src/world/facts.ts";
import { createProbes } from "../../src/world/probeTexts.ts";
import { baseRegime, defaultRegime, type Regime } from "../../src/world/regime.ts";
import { splitCases } from "../../src/world/splits.ts";
import { openWorld } from "../../src/world/worldDataset.ts";
import { worldWords } from "../../src/world/worldTokenizer.ts";

/** Of worlds as they were before they had regimes. */
const fingerprints = [
  [medicine, 1, "147960689a5d1495a6bcf463e1e71eed6ed0605280be103d1911d34193bb7129"],
  [medicine, 2, "10608b3fd14b4d6460402bf2fb08312b7b65af3daf3176a7f95110620490bbe2"],
  [machines, 1, "d219b589ca20d69be307f2855ce8e6545a485eeea771fb2e93f7d69b3c8a5ea4"],
] as const;

async function passagesOf(world: ReturnType<typeof openWorld>): Promise<Passage[]> {
  const passages: Passage[] = [];
  for await (const passage of world.passages()) passages.push(passage);
  return passages;
}

function allQuestions({ training, validation, evaluation }: ReturnType<typeof openWorld>): Question[] {
  return [...training, ...validation, ...evaluation.flatMap(({ questions }) => questions)];
}

const same = (a: Triple, b: Triple): boolean => JSON.stringify(a) === JSON.stringify(b);

it.each(fingerprints)("the default regime is the world that there was (%#)", (domain, seed, fingerprint) => {
  expect(openWorld(domain, seed).fingerprint).toBe(fingerprint);
  expect(recipeIn(defaultRegime)).toEqual(baseRecipe);
  expect(JSON.stringify(recipeIn(defaultRegime))).toBe(JSON.stringify(baseRecipe));
  expect(baseRegime(defaultRegime)).toBeNull();
});

it("the base depends on what it is taught and on nothing else of a regime", () => {
  const hard = { baseSearches: 0.2, misleading: 0.9, hops: 4, known: 0, silentFields: 0.3 };
  for (const [name, value] of Object.entries(hard))
    expect(baseRegime({ ...defaultRegime, [name]: value })).not.toBeNull();
  expect(baseRegime({ ...defaultRegime, searchCost: 0.1, corruptedReferences: 0.5 })).toBeNull();
});

describe.each([
  { name: "medicine", shortest: medicine, leads: medicineLeads },
  { name: "machines", shortest: machines, leads: machinesLeads },
])("a regime of $name", ({ shortest, leads }) => {
  const open = (regime: Partial<Regime>, domain: Domain = shortest): ReturnType<typeof openWorld> =>
    openWorld(domain, 1, { ...defaultRegime, ...regime });

  it.each([0.1, 0.9])("with misleading %d has that share of wrong documents in the worst band", async (misleading) => {
    const world = open({ misleading });
    const { highest } = bandLevels(shortest.scale, threeBands(shortest)[2]);
    const truths = allQuestions(world).flatMap(({ goldFacts }) => goldFacts ?? []);
    const causes = new Map(
      truths.filter(({ relation }) => relation === shortest.words.cause).map((fact) => [fact.head, fact]),
    );
    const stated = (await passagesOf(world)).flatMap(({ text, evidenceLevel }) =>
      (evidenceLevel ?? Infinity) > highest ? [] : (world.extractor?.extract(text) ?? []),
    );
    const about = stated.filter(({ head, relation }) => relation === shortest.words.cause && causes.has(head));
    const wrong = about.filter((fact) => !same(fact, causes.get(fact.head) ?? fact));
    expect(about.length).toBeGreaterThan(400);
    expect(Math.abs(wrong.length / about.length - misleading)).toBeLessThan(0.05);
  });

  it.each([0, 0.5, 1])("with known %d teaches the base that share of the training faults", (known) => {
    const world = inventWorld(shortest, 1, { ...defaultRegime, known });
    const splits = splitCases(world);
    expect(splits.known.length / splits.training.length).toBe(known);
    const example = createExamples(world, { reading: 0, guided: 0, known: 0.5, habits: baseHabits });
    expect(example("test", 3).length).toBeGreaterThan(0);
  });

  it.each([0.1, 0.9])("with baseSearches %d has a teacher who searches so often", (baseSearches) => {
    const regime = { ...defaultRegime, baseSearches };
    const example = createExamples(inventWorld(shortest, 1, regime), {
      reading: 0,
      guided: 0,
      known: 0,
      habits: habitsIn(regime),
    });
    const texts = Array.from({ length: 600 }, (_, index) =>
      example("test", index)
        .map(({ text }) => text)
        .join(" "),
    );
    const searches = texts.reduce((sum, text) => sum + text.split("<search>").length - 1, 0) / texts.length;
    // Two statements are always searched for so often, and half of the answers check too.
    const expected = 2 * baseSearches + 0.5 * Math.min(1, 1.4 * baseSearches);
    expect(Math.abs(searches - expected)).toBeLessThan(0.15);
  });

  it.each([0, 0.25, 0.5])("with corruptedReferences %d argues wrongly about that share of training faults", (share) => {
    const world = open({ corruptedReferences: share });
    const faults = new Map(
      world.training.map(({ cluster, references, goldFacts }) => [
        cluster,
        (goldFacts ?? []).every((fact) => references[0]?.graph?.some((triple) => same(triple, fact)) === true),
      ]),
    );
    expect([...faults.values()].filter((right) => !right).length / faults.size).toBeCloseTo(share, 5);
    const clean = open({});
    expect(world.training.map(({ answer }) => answer)).toEqual(clean.training.map(({ answer }) => answer));
    expect([world.validation, world.evaluation]).toEqual([clean.validation, clean.evaluation]);
    for (const { references, harmfulAnswers, goldFacts, answer } of world.training) {
      const wrong = references.filter((reference) => reference.answer !== answer);
      for (const { graph } of wrong)
        expect((goldFacts ?? []).filter((fact) => graph?.some((one) => same(one, fact)))).toEqual([]);
      expect(harmfulAnswers).not.toContain(answer);
    }
  });

  it.each([3, 4, 5, 6])("with %d hops needs so many facts, each in a document of the best band", async (hops) => {
    const domain = hops === 3 ? shortest : lengthened(shortest, leads);
    const world = open({ hops }, domain);
    const byTitle = new Map((await passagesOf(world)).map((passage) => [passage.title, passage]));
    const extract = (text = ""): readonly Triple[] => world.extractor?.extract(text) ?? [];
    const found = allQuestions(world).map(({ goldFacts, goldTitles, references, answer }) => ({
      facts: goldFacts?.length,
      titles: goldTitles?.length,
      documented: goldFacts?.every((fact, index) =>
        extract(byTitle.get(goldTitles?.[index] ?? "")?.text).some((one) => same(one, fact)),
      ),
      chained: goldFacts?.slice(1).every(({ head }, index) => head === goldFacts[index]?.tail),
      argued: references.every(({ graph, reasoning }) => isDeepStrictEqual(extract(reasoning), graph)),
      answered: references.every((reference) => reference.answer === answer),
    }));
    const right = { facts: hops, titles: hops, documented: true, chained: true, argued: true, answered: true };
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((one) => !isDeepStrictEqual(one, right))).toEqual([]);
  });

  it("of a longer chain is read and probed in words of its own vocabulary, within the base's context", () => {
    const regime = { ...defaultRegime, hops: 6, silentFields: 0.3 };
    const world = inventWorld(lengthened(shortest, leads), 1, regime);
    const words = new Set(worldWords(world));
    const example = createExamples(world, { reading: 0.2, guided: 0.3, known: 0.2, habits: habitsIn(regime) });
    for (let index = 0; index < 300; index++) {
      const tokens = example("test", index).flatMap(({ text }) => text.split(" "));
      expect(tokens.filter((word) => !words.has(word))).toEqual([]);
      expect(tokens.length).toBeLessThan(baseModel(world).maximumPositions);
    }
    const names = new Set(createProbes(world).map(({ name }) => name));
    expect(names).toContain(`probe/reading/${leads}`);
    expect(names).toContain("probe/reading/nothing");
  });

  it("without a word for longer chains is refused", () => {
    expect(() => open({ hops: 4 })).toThrow(`the domain ${shortest.name} has no word for chains of 4 facts`);
  });

  it("with silent fields has no document about them, and abstaining is right there, wrong elsewhere", async () => {
    const world = open({ silentFields: 0.3 });
    const questions = allQuestions(world);
    const silent = questions.filter(({ answer }) => answer === "none");
    const fields = (of: readonly Question[]): Set<string> =>
      new Set(of.map(({ tags }) => tags[shortest.fieldTag] ?? ""));
    expect(fields(silent.filter(({ tags }) => tags["pool"] === "training")).size).toBe(2);
    expect(fields(silent.filter(({ tags }) => tags["pool"] === shortest.pools.newFields)).size).toBe(1);
    const documented = fields(questions.filter(({ answer }) => answer !== "none"));
    expect([...fields(silent)].filter((name) => documented.has(name))).toEqual([]);
    const passages = await passagesOf(world);
    const about = new Set(silent.flatMap(({ cluster, harmfulAnswers }) => [cluster, ...harmfulAnswers]));
    expect(passages.filter(({ text }) => about.has(text.split(" ")[0] ?? ""))).toEqual([]);
    expect(passages.some(({ source }) => fields(silent).has(source))).toBe(false);
    for (const { answer, partialAnswers, harmfulAnswers } of silent) {
      expect(partialAnswers).toEqual([]);
      expect(harmfulAnswers).not.toContain(answer);
    }
    for (const { fault, field } of splitCases(
      inventWorld(shortest, 1, { ...defaultRegime, silentFields: 0.3, known: 1 }),
    ).known)
      expect([fault.name, field.silent]).toEqual([fault.name, false]);
  });

  it("with silent fields is probed for reading where something can be read, two passages a search, and for abstaining everywhere", () => {
    const world = inventWorld(shortest, 1, { ...defaultRegime, silentFields: 0.3 });
    const silent = world.fields.flatMap((field) => (field.silent ? field.faults : [])).map(({ name }) => name);
    const isSilent = (prefix: string): boolean => silent.some((name) => prefix.includes(` ${name} `));
    const probes = createProbes(world).filter(({ name }) => name.startsWith("probe/reading/"));
    const nothing = probes.filter(({ name }) => name === "probe/reading/nothing");
    expect(new Set(nothing.map(({ prefix }) => isSilent(prefix)))).toEqual(new Set([true, false]));
    for (const { name, prefix } of probes.filter((probe) => !nothing.includes(probe))) {
      expect([name, isSilent(prefix)]).toEqual([name, false]);
      const blocks = prefix.match(/<document>.*?<\/document>/gu) ?? [];
      expect(blocks.filter((block) => !block.includes(" | "))).toEqual([]);
    }
  });

  it("with silent fields has a teacher who sometimes abstains, whatever the field", () => {
    const regime = { ...defaultRegime, silentFields: 0.3 };
    const world = inventWorld(shortest, 1, regime);
    const example = createExamples(world, { reading: 0, guided: 0.5, known: 0, habits: habitsIn(regime) });
    const texts = Array.from({ length: 1500 }, (_, index) =>
      example("test", index)
        .map(({ text }) => text)
        .join(" "),
    );
    const abstaining = texts.filter((text) => text.includes("<answer> none </answer>"));
    expect(abstaining.length / texts.length).toBeGreaterThan(0.08);
    expect(abstaining.length / texts.length).toBeLessThan(0.25);
    const fieldsOf = (name: string): string => world.fields.find(({ signs }) => text(name, signs))?.name ?? "";
    expect(new Set(abstaining.map(fieldsOf)).size).toBe(world.fields.length);
  });
});

function text(example: string, signs: readonly string[]): boolean {
  const question = example.split(" ");
  return signs.some((sign) => question[1] === sign);
}
