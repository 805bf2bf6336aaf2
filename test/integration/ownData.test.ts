import { createHash } from "node:crypto";
import { readdir, readFile, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import { createEncoderFolder } from "../../src/corpus/embedding/createEncoder.ts";
import { readManifest } from "../../src/corpus/manifest.ts";
import { toTrainingRow } from "../../src/benchmarks/trainingRow.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { medicineExtractor, openMedicine } from "../../src/tasks/world/medicine.ts";
import { queues } from "../../temporal.config.ts";
import type { EvaluateResult } from "../../workflows/evaluate.ts";
import { startHub, type TestHub } from "../hub.ts";
import { trainTokenizer } from "../../src/coldStart/tokenizerFile.ts";
import { knownTags } from "../../src/environments/environmentRegistry.ts";
import { startModelServer, type ModelServer, type Received, type Reply } from "../services/modelServer.ts";

/** A user's own questions, corpus and reward, with a judge and an extractor over HTTP: a whole run, then public benchmarks. */
const run = "own";
const plantedKey = "sk-planted-never-to-be-found";
const project = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const json = (rows: readonly unknown[]): string => rows.map((row) => JSON.stringify(row)).join("\n");
const medqa = (index: number, subject: string) => ({
  question: `What treats case ${index}?`,
  options: { A: "rest", B: "tea", C: "sleep", D: "water" },
  answer: "tea",
  answer_idx: "B",
  meta_info: subject,
});

let site: Site;
let judge: ModelServer;
let hub: TestHub;
let folder: string;

/** By content, so that every attempt hears the same. */
const isGarbled = (user: string): boolean => diceOf(user) === 0;
const diceOf = (user: string): number => createHash("sha256").update(user).digest().readUInt8() % 16;
/** Every answer is garbage while this is set. */
let broken = false;

/** Every sixteenth answer is a refusal or garbage. The first requests fail. */
function reply({ user }: Received, count: number): Reply {
  if (count <= 2) return { status: count === 1 ? 429 : 503 };
  const dice = diceOf(user);
  if (broken || isGarbled(user)) return { content: user.length % 2 === 0 ? null : "I cannot say." };
  if (user.startsWith("{")) return { content: JSON.stringify({ verdict: dice % 2 }) };
  return {
    content: JSON.stringify({
      triples: medicineExtractor.extract(user)?.map(({ head, relation, tail }) => ({ head, relation, tail })),
    }),
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-own-data-"));
  await mkdir(join(folder, "corpus"));
  const world = openMedicine(1);
  const passages: unknown[] = [];
  for await (const { title, text, source } of world.passages())
    passages.push({ id: `${passages.length}`, title, content: text, source });
  await writeFile(join(folder, "corpus", "documents.jsonl"), json(passages.slice(0, 1200)));
  await writeFile(
    join(folder, "questions.jsonl"),
    json(
      world.training
        .slice(0, 60)
        .map((question, index) =>
          toTrainingRow(
            { ...question, references: question.references.map((reference) => ({ ...reference, graph: null })) },
            "train",
            index,
          ),
        ),
    ),
  );
  await writeFile(
    join(folder, "medqa.jsonl"),
    json(Array.from({ length: 6 }, (_, index) => medqa(index, index % 2 === 0 ? "step1" : "step2"))),
  );
  await createEncoderFolder(
    join(folder, "encoder"),
    {
      hiddenSize: 32,
      intermediateSize: 64,
      layers: 2,
      heads: 4,
      maximumPositions: 64,
      pooling: "mean",
      words: ["high", "low", "cure"],
    },
    "encoder",
  );
  const { tokenizer, configuration } = trainTokenizer(
    ["What is the capital of Land?"],
    400,
    knownTagsWith("convert", "converted"),
  );
  await mkdir(join(folder, "words"));
  await writeFile(join(folder, "words", "tokenizer.json"), JSON.stringify(tokenizer));
  await writeFile(join(folder, "words", "tokenizer_config.json"), JSON.stringify(configuration));
  judge = await startModelServer(reply);
  hub = await startHub(
    "dataset",
    "org/medqa",
    new Map([["test.jsonl", Buffer.from(json([medqa(7, "step1"), medqa(8, "step2")]))]]),
  );
  site = await openSite("own-data", {
    environment: {
      OPENAI_API_KEY: plantedKey,
      MED_R3_SERVICES: JSON.stringify({ scripted: { url: judge.baseUrl, keyVariable: "OPENAI_API_KEY" } }),
      MED_R3_EXTENSIONS: project("examples"),
      HF_ENDPOINT: hub.url,
    },
  });
});
afterAll(async () => {
  await site.close();
  hub.close();
  await judge.close();
});

const model = () => ({ service: "scripted", model: "scripted", price: { input: 1, output: 2 }, unusableRetries: 0 });
const settings = () => ({
  run,
  preset: "tiny",
  data: { dataset: "files", questions: join(folder, "questions.jsonl"), corpus: join(folder, "corpus") },
  policy: { model: project("models/world-base") },
  warmStart: { when: "off" },
  judge: model(),
  extractor: { kind: "model", model: model() },
  rewards: { custom: ["brevity"] },
  retrieval: { encoder: { folder: join(folder, "encoder") }, reranker: join(folder, "encoder"), preferEvidence: 0.5 },
  guard: { maximumUnscoredShare: 0.5 },
  gate: { questions: 2 },
  evaluation: { questions: 2 },
});
const execute = <T>(workflow: string, input: unknown): Promise<T> =>
  site.client.workflow.execute(workflow, {
    workflowId: `${workflow}-${crypto.randomUUID()}`,
    taskQueue: queues.cpu,
    args: [input],
  }) as Promise<T>;
const refusal = (workflow: string, input: unknown): Promise<string> =>
  execute(workflow, input).then(
    () => "not refused",
    (error: unknown) => {
      const { cause } = error as { cause?: Error & { cause?: Error } };
      return `${cause?.message} ${cause?.cause?.message}`;
    },
  );

interface Metrics {
  readonly stage: number;
  readonly metrics: Readonly<Record<string, number>>;
}
const metricsOf = async (): Promise<Metrics[]> =>
  (await readFile(join(site.root, run, "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Metrics);
const sum = (rows: readonly Metrics[], name: string): number =>
  rows.reduce((total, { metrics }) => total + (metrics[name] ?? 0), 0);

/** The project's tags and those of a tool of an extension. */
function knownTagsWith(call: string, response: string): { readonly names: readonly string[] } {
  return { names: [...knownTags().names, call, response] };
}

/** Every kind of part from a file of the folder of extensions. */
const extended = () => ({
  run: "extended",
  preset: "tiny",
  data: { dataset: "capitals", countries: 20 },
  policy: { engine: "unigram", model: join(folder, "words") },
  warmStart: { when: "off" },
  algorithm: "sft",
  environments: ["search", { name: "convert", settings: { maxCalls: 1 } }],
  schedule: "reversed",
  stages: [
    { name: "answers", iterations: 1, rewards: { answer: 1 } },
    { name: "searches", iterations: 1, rewards: { answer: 1, retrievalRecall: 1 }, gate: null },
  ],
  rewards: { custom: [{ name: "brevity", settings: { words: 50 }, weight: 0.5 }] },
});

describe("a run of parts that a folder of extensions adds", () => {
  it("goes through its stages on its engine, in its order, and reports them", async () => {
    expect(await execute("curriculum", extended())).toEqual({ run: "extended", report: "report.html" });
    const rows = (await readFile(join(site.root, "extended", "metrics.jsonl"), "utf8")).trim().split("\n");
    expect(rows.map((line) => (JSON.parse(line) as { stage: unknown }).stage)).toEqual([1, 2]);
    const report = await readFile(join(site.root, "extended", "report.html"), "utf8");
    expect(report.indexOf("searches")).toBeGreaterThan(-1);
    expect(report).toContain("The countries are invented.");
    const log = await openRunLog(join(site.root, "extended"));
    const saved = (await log.history()).checkpoints({ branch: "main", step: 2 });
    expect(saved.map(({ step }) => step)).toEqual(expect.arrayContaining([0, 2]));
    log.close();
  });

  it("is refused by field where a part is unknown or is given another's setting, and writes nothing", async () => {
    const refused = (change: object) => refusal("curriculum", { ...extended(), run: "refused", ...change });
    expect(await refused({ schedule: "revrsed" })).toContain('did you mean "reversed"?');
    expect(await refused({ environments: [{ name: "convert", settings: { passages: 1 } }] })).toContain(
      "environments.convert.settings.passages: no such setting",
    );
    expect(await refused({ data: { dataset: "capitals", worldSeed: 1 } })).toContain("data.worldSeed: no such setting");
    expect(await refused({ algorithm: "grpo" })).toContain('algorithm: needs the loss "policy-gradient"');
    expect(await readdir(site.root)).not.toContain("refused");
  });
});

describe("a run on one's own questions, corpus and reward, with a judge and an extractor over HTTP", () => {
  it("is refused at its start where a reward is missing or an extractor unknown, and writes nothing", async () => {
    expect(await refusal("curriculum", { ...settings(), rewards: { custom: ["absent"] } })).toContain(
      'rewards.custom.0.name: there is no reward "absent"',
    );
    expect(await refusal("curriculum", { ...settings(), retrieval: { reranker: join(folder, "absent") } })).toContain(
      "retrieval.reranker:",
    );
    expect(await refusal("curriculum", { ...settings(), extractor: { kind: "magic" } })).toContain("extractor.kind");
    expect(await refusal("curriculum", { ...settings(), judge: { ...model(), service: "elsewhere" } })).toContain(
      'no service "elsewhere" in this worker\'s MED_R3_SERVICES (it lists scripted)',
    );
    expect(await readdir(site.root)).not.toContain(run);
  });

  it("goes through all stages and reports", async () => {
    expect(await execute("curriculum", settings())).toEqual({ run, report: "report.html" });
    expect(await readFile(join(site.root, run, "report.html"), "utf8")).toContain("brevity");
  });

  it("searches by text and vectors of the configured encoder", async () => {
    // Other runs of this site have corpora too; folders come in no order.
    const corpora = await readdir(join(site.root, ".corpora"));
    const manifests = await Promise.all(corpora.map((corpus) => readManifest(join(site.root, ".corpora", corpus))));
    const vectors = manifests.flatMap((manifest) => manifest?.vectors ?? []);
    expect(vectors).toMatchObject([{ model: "encoder", dimensions: 32 }]);
  });

  it("scores the own reward, and usefulness where retrieval counts", async () => {
    const rows = await metricsOf();
    expect(rows).toHaveLength(6);
    for (const { metrics } of rows) expect(metrics["reward/brevity"]).toBeGreaterThan(0);
    const measured = rows.filter(({ metrics }) => metrics["reward/usefulness"] !== undefined).map(({ stage }) => stage);
    expect(new Set(measured)).toEqual(new Set([2, 3]));
    const log = await openRunLog(join(site.root, run));
    expect((await log.readLikelihoods()).size).toBeGreaterThan(0);
    log.close();
  });

  it("reads references and thinking by the extractor, and counts what it refused as not scored", async () => {
    const rows = await metricsOf();
    expect(rows.some(({ metrics }) => metrics["reward/logical"] !== undefined)).toBe(true);
    expect(sum(rows, "extractor/unusable")).toBeGreaterThan(0);
    expect(sum(rows, "unscored/logical")).toBeGreaterThan(0);
  });

  it("leaves out groups of which a response could not be scored, and the report says so", async () => {
    const rows = await metricsOf();
    expect(sum(rows, "unscored")).toBeGreaterThan(0);
    expect(sum(rows, "groups/left_out")).toBeGreaterThan(0);
    expect(await readFile(join(site.root, run, "report.html"), "utf8")).toMatch(/failed on \d+ responses/u);
  });

  it("counts requests, tokens and cost, and asks nothing twice", async () => {
    const rows = await metricsOf();
    expect(sum(rows, "judge/requests")).toBeGreaterThan(0);
    expect(sum(rows, "judge/cost")).toBeCloseTo(
      (10 * sum(rows, "judge/requests") + 5 * 2 * sum(rows, "judge/requests")) / 1e6,
    );
    const users = judge.received.slice(2).map(({ user }) => user);
    // The two requests that failed were sent again, and what could not be used is never kept.
    const kept = users.filter((user) => !isGarbled(user));
    expect(kept.length - new Set(kept).size).toBeLessThanOrEqual(2);
    expect(judge.received.every(({ authorization }) => authorization === `Bearer ${plantedKey}`)).toBe(true);
  });

  it("leaves the key in no history, table, log or report", async () => {
    const files = (await readdir(site.root, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.some((file) => file.endsWith("worker.log"))).toBe(true);
    expect(files.some((file) => file.endsWith(".db"))).toBe(true);
    const leaking = await Promise.all(
      files.map(async (file) => ((await readFile(file)).includes(plantedKey) ? [file] : [])),
    );
    expect(leaking.flat()).toEqual([]);
  });
});

describe("public benchmarks", () => {
  const evaluate = (benchmarks: readonly unknown[]): Promise<EvaluateResult> =>
    execute("evaluate", { run, pools: [], benchmarks });
  const local = { benchmark: "medqa", path: "" };
  const asked = () => [
    { ...local, path: join(folder, "medqa.jsonl"), protocol: "likelihood", retrieval: false },
    { ...local, path: join(folder, "medqa.jsonl"), protocol: "likelihood" },
    { ...local, path: join(folder, "medqa.jsonl"), protocol: "generative", samples: 4, temperature: 1, questions: 4 },
    { ...local, path: "org/medqa", protocol: "open", retrieval: false },
  ];

  it.each([
    [{ benchmark: "medqu", path: "x" }, "benchmarks.0.benchmark"],
    [{ benchmark: "medqa", path: "x", protocol: "chat" }, "benchmarks.0.protocol"],
    [{ benchmark: "medqa", path: "no such place" }, "benchmarks.0.path"],
    [{ benchmark: "medqa", path: "x", shots: 5 }, "shots"],
  ])("are refused by the field's name: %j", async (request, named) => {
    expect(await refusal("evaluate", { run, pools: [], benchmarks: [request] })).toContain(named);
  });

  it("are asked by every protocol, from a file and from the hub, once", async () => {
    const first = await evaluate(asked());
    expect(first.pools.map(({ questions }) => questions)).toEqual([6, 6, 4, 2]);
    hub.requests.length = 0;
    const received = judge.received.length;
    expect(await evaluate(asked())).toEqual(first);
    expect(hub.requests).toEqual([]);
    expect(judge.received.length).toBe(received);
  });

  it("leave rows and figures in the log, and a section in the report", async () => {
    const log = await openRunLog(join(site.root, run));
    const pools = (await log.listEvaluations()).filter(({ pool }) => pool.startsWith("benchmark medqa"));
    const records = await Promise.all(pools.map(({ pool, ...address }) => log.findEvaluation(address, pool)));
    log.close();
    expect(records.map((record) => record?.results.length)).toEqual([6, 6, 16, 2]);
    expect(records[0]?.metrics).toMatchObject({ questions: 6, "by/step/step1/questions": 3, "contamination/same": 0 });
    for (const name of ["accuracy/stderr", "pass@1", "pass@2", "pass@4", "majority"])
      expect(records[2]?.metrics[name]).toEqual(expect.any(Number));
    await execute("curriculum", { run });
    const report = await readFile(join(site.root, run, "report.html"), "utf8");
    for (const text of [
      "medqa (medqa.jsonl) · likelihood as lm-evaluation-harness · closed book",
      "medqa (medqa) · open",
      "pass@4",
    ])
      expect(report).toContain(text);
  });

  it("are part of a night where it names them", async () => {
    const [first] = asked();
    expect(
      await execute("nightlyEvaluation", { runs: [run], pools: [], benchmarks: [first], night: "2026-01-01" }),
    ).toEqual({ night: "2026-01-01", evaluated: 1, regressions: [] });
  });
});
