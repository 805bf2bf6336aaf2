import { cp, mkdir, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { algorithm } from "../../examples/leaveOneOut.ts";
import { environment } from "../../examples/convert.ts";
import { task } from "../../examples/capitals.ts";
import { schedule as learningProgress } from "../../examples/learningProgress.ts";
import { schedule as reversed } from "../../examples/reversed.ts";
import { engine } from "../../examples/unigram.ts";

const model = fileURLToPath(new URL("../../models/world-base", import.meta.url));

describe("the example algorithm", () => {
  it("takes the mean of a group's other samples from each reward", () => {
    const leaveOneOut = algorithm.create({} as never);
    const samples = [1, 0, 0.5, 1, 1].map((total, index) => ({
      questionId: index < 3 ? "a" : "b",
      total,
      correct: total === 1,
    }));
    // Group a: 1 − (0 + 0.5) ÷ 2, 0 − (1 + 0.5) ÷ 2, 0.5 − (1 + 0) ÷ 2.
    expect(leaveOneOut.advantages({ samples, components: [], questions: 2 })).toEqual([0.75, -0.75, 0, 0, 0]);
  });
});

describe("the example environment", () => {
  const answer = async (call: string) => {
    const [found] = await environment.create({ maxCalls: 2 }).open({} as never)([call]);
    return found;
  };

  it.each([
    ["250 mg in g", "0.25 g"],
    ["1.5 kg in mg", "1500000 mg"],
    [" 20 dl in ml ", "2000 ml"],
  ])("answers %j by %j", async (call, text) => {
    expect(await answer(call)).toMatchObject({ status: "answered", text, error: null });
  });

  it.each(["5 mg in ml", "5 stones in kg", "much mg in g", ""])("refuses %j with the reason", async (call) => {
    expect(await answer(call)).toMatchObject({
      status: "refused",
      error: `cannot convert ${JSON.stringify(call.trim())}`,
    });
  });
});

describe("the example task", () => {
  it("has no country both learnt from and asked about, and states every answer on its highest level", async () => {
    const dataset = await task.create({ countries: 20 }).load();
    const { training, validation, evaluation } = dataset;
    const asked = [training, validation, ...evaluation.map(({ questions }) => questions)].map((questions) =>
      questions.map(({ id }) => id),
    );
    expect(asked.map((ids) => ids.length)).toEqual([12, 4, 4]);
    expect(new Set(asked.flat()).size).toBe(20);
    const stated = new Set<string>();
    for await (const { text, evidenceLevel } of dataset.passages()) if (evidenceLevel === 2) stated.add(text);
    for (const { id, answer } of [...training, ...validation])
      expect(stated).toContain(`The capital of ${id} is ${answer}.`);
  });
});

describe("the example schedule", () => {
  it("trains the last stage first", () => {
    const stages = ["first", "second"].map((name) => ({ name, iterations: 2, rewards: {}, gate: null }));
    const schedule = reversed.create({});
    expect(schedule.outline(stages).map(({ name }) => name)).toEqual(["second", "first"]);
    expect(schedule.next({ stages, trained: [] })).toMatchObject({
      work: { kind: "train", stage: { name: "second" } },
    });
  });
});

describe("the example adaptive schedule", () => {
  const weights = { answer: 1, reasoning: 0.8, retrieval: 1, clinical: 0.2 };
  const stages = [{ name: "all", iterations: 40, rewards: weights, gate: {} }];
  const schedule = learningProgress.create({ every: 15 });
  const trained = (pieces: number, accuracies: Record<string, number> | null = null) =>
    Array.from({ length: pieces }, (_, index) => ({
      name: `look-${index + 1}`,
      iterations: [15, 15, 10][index] ?? 0,
      gate: null,
      extensionIterations: 0,
      learntTokens: 0,
      accuracies,
    }));
  const observed = (...validations: Record<string, number>[]) => ({
    beginning: {},
    looks: validations.map((validation, index) => ({ step: 15 * index, validation, training: null })),
  });

  it("goes through all iterations in pieces, and has the last policy evaluated", () => {
    expect(schedule.outline(stages).map(({ iterations }) => iterations)).toEqual([15, 15, 10]);
    const work = [0, 1, 2, 3].map((pieces) => schedule.next({ stages, trained: trained(pieces) }).work);
    expect(work.map((one) => (one.kind === "train" ? one.stage.iterations : one.kind))).toEqual([
      15,
      15,
      10,
      "evaluate",
    ]);
    expect(schedule.next({ stages, trained: trained(3, { validation: 0.5 }) }).work.kind).toBe("finish");
  });

  it("weighs each reward by its share of what changed between two looks, half to twice as much, the answer as before", () => {
    const before = { "reward/answer": 0.1, "reward/reasoning": 0.4, "reward/retrieval": 0.3, "reward/clinical": 0.2 };
    // Changes of 0.1, 0.3 and 0.05, up or down: 0.15 on average.
    const now = { "reward/answer": 0.6, "reward/reasoning": 0.5, "reward/retrieval": 0, "reward/clinical": 0.25 };
    const { work } = schedule.next({ stages, trained: trained(1), observed: observed(before, now) });
    const rewards = work.kind === "train" ? work.stage.rewards : {};
    expect(rewards.answer).toBe(1);
    expect(rewards.reasoning).toBeCloseTo((0.8 * 0.1) / 0.15);
    expect(rewards.retrieval).toBeCloseTo(2);
    expect(rewards.clinical).toBeCloseTo(0.1);
  });

  it("leaves the weights as they are where nothing changed, and at the beginning", () => {
    const same = { "reward/reasoning": 0.4 };
    for (const looks of [[same], [same, same]])
      expect(schedule.next({ stages, trained: trained(1), observed: observed(...looks) })).toMatchObject({
        work: { stage: { rewards: weights } },
      });
  });
});

describe("the example engine", () => {
  it("learns what it is shown, and comes back from a checkpoint as it was", async () => {
    const runFolder = await mkdtemp(join(tmpdir(), "med-r3-unigram-"));
    await mkdir(join(runFolder, "base"));
    for (const file of ["tokenizer.json", "tokenizer_config.json"])
      await cp(join(model, file), join(runFolder, "base", file));
    const unigram = engine.create();
    const policy = await unigram.open({ from: { base: join(runFolder, "base") }, runFolder });
    const tokens = [5, 6, 6];
    const logOf = async (): Promise<number> => {
      const [values = new Float32Array()] = await policy.logProbabilities([tokens]);
      return values.reduce((sum, value) => sum + value, 0);
    };
    const before = await logOf();
    expect(before).toBeCloseTo(-2 * Math.log(policy.tokenizer.vocabularySize), 4);
    const sequence = { tokens, lossMask: [0, 1, 1], sampledLogProbabilities: [0, 0, 0], advantage: 0 };
    await policy.forwardBackward({
      sequences: [sequence],
      loss: { kind: "cross-entropy" },
      lossDivisor: 2,
      temperature: 1,
    });
    // 1 − 1/V on the token shown, 1/V elsewhere.
    const share = 1 / policy.tokenizer.vocabularySize;
    const { gradientNorm } = await policy.optimizerStep({ learningRate: 1, gradientClip: 10 } as never);
    expect(gradientNorm).toBeCloseTo(
      Math.sqrt((1 - share) ** 2 + (policy.tokenizer.vocabularySize - 1) * share ** 2),
      6,
    );
    const after = await logOf();
    expect(after).toBeGreaterThan(before);
    const { ref: checkpoint } = await policy.save("main-1");
    const again = await unigram.open({ from: { checkpoint }, runFolder });
    expect(await again.stateHash()).toBe(await policy.stateHash());
    expect((await unigram.tokenizer(runFolder, checkpoint)).vocabularySize).toBe(policy.tokenizer.vocabularySize);
  });
});

it.each(["brevity", "capitals", "convert", "learningProgress", "leaveOneOut", "reversed", "unigram"])(
  "%s is shorter than 80 lines",
  async (name) => {
    const file = fileURLToPath(new URL(`../../examples/${name}.ts`, import.meta.url));
    expect((await readFile(file, "utf8")).trimEnd().split("\n").length).toBeLessThan(80);
  },
);
