import { describe, expect, it } from "vitest";
import { Passage } from "../../src/domain/passage.ts";
import { Question } from "../../src/domain/question.ts";
import type { Triple } from "../../src/domain/triple.ts";
import { machines } from "../../src/tasks/machines/machines.ts";
import { medicine } from "../../src/tasks/world/medicine.ts";
import { bandLevels } from "../../src/domain/evidenceScale.ts";
import { openWorld } from "../../src/world/worldDataset.ts";
import { threeBands } from "../../src/world/domain.ts";

describe.each([medicine, machines])("a world of $name as a data set", (domain) => {
  const world = openWorld(domain, 1);
  const [best, , worst] = threeBands(domain);
  const levels = { best: bandLevels(domain.scale, best), worst: bandLevels(domain.scale, worst) };
  const pools = [
    { name: "training", questions: world.training },
    { name: "validation", questions: world.validation },
    ...world.evaluation,
  ];
  const everyQuestion = pools.flatMap((pool) => pool.questions);

  async function allPassages(): Promise<Passage[]> {
    const passages: Passage[] = [];
    for await (const passage of world.passages()) passages.push(passage);
    return passages;
  }

  function states({ head, relation, tail }: Triple, passage: Passage): boolean {
    return (world.extractor?.extract(passage.text) ?? []).some(
      (triple) => triple.head === head && triple.relation === relation && triple.tail === tail,
    );
  }

  it("has the same fingerprint for the same seed and another for another", () => {
    expect(openWorld(domain, 1).fingerprint).toBe(world.fingerprint);
    expect(openWorld(domain, 2).fingerprint).not.toBe(world.fingerprint);
  });

  it("gives valid rows with unique ids", async () => {
    const passages = await allPassages();
    for (const question of everyQuestion) expect(Question.parse(question)).toEqual(question);
    for (const passage of passages) expect(Passage.parse(passage)).toEqual(passage);
    expect(new Set(everyQuestion.map((question) => question.id)).size).toBe(everyQuestion.length);
    expect(new Set(passages.map((passage) => passage.id)).size).toBe(passages.length);
    expect(new Set(passages.map((passage) => passage.title)).size).toBe(passages.length);
  });

  it("shares no fault between pools, and no field between training or validation and the pool of new fields", () => {
    const faults = pools.map((pool) => new Set(pool.questions.map((question) => question.cluster)));
    expect(faults.reduce((sum, set) => sum + set.size, 0)).toBe(
      new Set(everyQuestion.map((question) => question.cluster)).size,
    );
    const fields = (name: string): Set<string | undefined> =>
      new Set(everyQuestion.filter((q) => q.tags["pool"] === name).map((q) => q.tags[domain.fieldTag]));
    for (const field of fields(domain.pools.newFields)) {
      expect(fields("training").has(field)).toBe(false);
      expect(fields("validation").has(field)).toBe(false);
    }
  });

  it("holds out at least 100 faults in each evaluation pool, each asked about before any is asked about twice", () => {
    for (const { questions } of world.evaluation) {
      const count = new Set(questions.map((question) => question.cluster)).size;
      expect(count).toBeGreaterThanOrEqual(100);
      expect(new Set(questions.slice(0, count).map((question) => question.cluster)).size).toBe(count);
    }
  });

  it("rules the first choice out for half of the problems of each fault", () => {
    for (const { questions } of pools) {
      const excluded = questions.filter((question) =>
        question.references[0]?.graph?.some((triple) => triple.relation === domain.words.avoid),
      );
      expect(excluded.length / questions.length).toBe(0.5);
    }
  });

  it("never counts a harmful remedy as right or partly right", () => {
    for (const { answer, partialAnswers, harmfulAnswers } of everyQuestion) {
      for (const remedy of [answer, ...partialAnswers]) expect(harmfulAnswers).not.toContain(remedy);
    }
  });

  it("writes references whose reasoning states exactly their graph", () => {
    for (const { references } of everyQuestion) {
      expect(references.length).toBeGreaterThan(0);
      for (const { reasoning, graph } of references) expect(world.extractor?.extract(reasoning)).toEqual(graph);
    }
  });

  it("has for each gold fact a document of the best band under a gold title that states it", async () => {
    const byTitle = new Map((await allPassages()).map((passage) => [passage.title, passage]));
    for (const { goldFacts, goldTitles } of everyQuestion) {
      const gold = (goldTitles ?? []).map((title) => byTitle.get(title));
      expect(goldFacts).toHaveLength(3);
      for (const [index, fact] of (goldFacts ?? []).entries()) {
        const passage = gold[index];
        expect(passage?.evidenceLevel).toBeGreaterThanOrEqual(levels.best.lowest);
        expect(passage !== undefined && states(fact, passage)).toBe(true);
      }
    }
  });

  it("is often wrong in documents of the worst band", async () => {
    const truth = new Map(everyQuestion.map((question) => [question.cluster, question.goldFacts?.[0]]));
    const low = (await allPassages()).filter(
      (passage) =>
        (passage.evidenceLevel ?? Infinity) <= levels.worst.highest &&
        truth.has(passage.text.split(" ")[0] ?? "") &&
        passage.text.includes(` ${domain.words.cause} `),
    );
    const right = low.filter((passage) => {
      const fact = truth.get(passage.text.split(" ")[0] ?? "");
      return fact !== undefined && states(fact, passage);
    });
    expect(low.length).toBeGreaterThan(200);
    expect(right.length / low.length).toBeGreaterThan(0.2);
    expect(right.length / low.length).toBeLessThan(0.4);
  });
});
