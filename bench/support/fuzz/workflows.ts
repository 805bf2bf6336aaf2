import { WorkflowFailedError, WorkflowUpdateFailedError, type Client, type WorkflowHandle } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { resolveConfiguration } from "../../../src/configuration/resolveConfiguration.ts";
import { reward as brevity } from "../../../examples/brevity.ts";
import { customRewards } from "../../../src/rewards/customRegistry.ts";
import { queues } from "../../../temporal.config.ts";
import { badInputs, type BadInput } from "./badInputs.ts";
import { openSite } from "../site.ts";
import type { FuzzCase, FuzzKind } from "./kind.ts";

const inputs = 5_000;
/** Calls under way at once: the server takes ten updates in flight a workflow. */
const concurrent = 8;
const seed = 1;

const signed = { name: "Ada", reason: "because" };
/** The run of the held curriculum, and one that nobody holds: what is wrong in its inputs is what its workflows are refused for. */
const [run, free] = ["fuzzed", "free"] as const;
const model = { service: "none", model: "none" };
const benchmarks = [
  {
    benchmark: "medqa",
    path: "README.md",
    protocol: "open",
    retrieval: true,
    passages: 5,
    questions: 4,
    samples: 1,
    temperature: 0,
    topP: 1,
  },
];
// The workers have it from the folder of extensions.
customRewards.add(brevity);
const custom = [{ name: "brevity", settings: { words: 100 }, weight: 1 }];
const configuration = resolveConfiguration({
  preset: "tiny",
  run: "refused",
  rewards: { custom },
  retrieval: { encoder: { folder: "models" } },
  judge: model,
});
/** Workflows with inputs that are right: each has one field made wrong. */
const starts: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ["curriculum", { ...configuration }],
  ["stage", { run, stage: "reasoner", iterationsPerHistory: 10 }],
  ["evaluate", { run: free, step: 0, branch: "main", pools: [], benchmarks }],
  ["evaluateRetrieval", { run }],
  [
    "nightlyEvaluation",
    { runs: [run], pools: ["test"], benchmarks, confidence: 0.95, webhook: "none", night: "2026-01-01" },
  ],
  [
    "buildDataset",
    { name: "fuzz", source: { benchmark: "medmcqa", path: "README.md" }, form: "open", teacher: model, start: 0 },
  ],
  ["indexCorpus", { run }],
  [
    "indexCorpus",
    {
      files: "README.md",
      corpus: "nowhere",
      passagePrefix: "",
      threads: 2,
      evidenceModel: model,
      maxTokens: 160,
      overlapTokens: 32,
      maxRejects: 0.05,
      shardMegabytes: 64,
      shardsPerHistory: 10,
    },
  ],
];
const eachStart = 350;
const updates: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  decideGate: { decision: "approve", ...signed },
  rollBack: { branch: "main", step: 0, ...signed },
  changeSettings: { learningRate: 1e-4, rewards: { answer: 1, reasoning: 1, retrieval: 1, clinical: 1 }, ...signed },
  retry: {},
  abort: {},
};
const eachUpdate = 300;
const signals = ["pause", "stageProgress"];

/** Generated bad inputs for every workflow start and update, and stray payloads for signals, on a real server with real workers. */
export const workflowInputs: FuzzKind = {
  name: "workflows",
  inputs,
  concurrent,
  withCases: async (use) => {
    const site = await openSite("fuzz", {
      environment: {
        MED_R3_EXTENSIONS: "examples",
        MED_R3_SERVICES: JSON.stringify({ none: { url: "http://127.0.0.1:1/v1" } }),
      },
    });
    try {
      await (await heldCurriculum(site.client, free)).terminate();
      const target = await heldCurriculum(site.client, run);
      await use(casesOn(site.client, target));
      if ((await target.describe()).status.name !== "RUNNING")
        throw new Error("the curriculum that was sent stray updates and signals has ended");
    } finally {
      await site.close();
    }
  },
};

function casesOn(client: Client, target: WorkflowHandle): FuzzCase[] {
  // Evaluations claim their run: of two at once the second would be refused for that.
  let evaluations = Promise.resolve<string | null>(null);
  const start = (type: string, bad: BadInput): Promise<string | null> => {
    if (type !== "evaluate") return startIsRefused(client, type, bad);
    evaluations = evaluations.then(() => startIsRefused(client, type, bad));
    return evaluations;
  };
  return [
    ...starts.flatMap(([type, valid]) => generate(valid, eachStart).map((bad) => () => start(type, bad))),
    ...Object.entries(updates).flatMap(([name, valid]) =>
      generate(valid, eachUpdate).map((bad) => () => updateIsRefused(target, name, bad)),
    ),
    ...generate({ stray: 1 }, inputs - starts.length * eachStart - Object.keys(updates).length * eachUpdate).map(
      ({ input }, index) =>
        () =>
          signalIsIgnored(target, signals[index % signals.length] ?? "pause", input),
    ),
  ];
}

function generate(valid: Readonly<Record<string, unknown>>, count: number): BadInput[] {
  return fc.sample(badInputs(valid), { seed, numRuns: count });
}

/** A curriculum that waits: paused before it trains anything. */
async function heldCurriculum(client: Client, name: string): Promise<WorkflowHandle> {
  const handle = await client.workflow.signalWithStart("curriculum", {
    workflowId: `curriculum-${name}`,
    taskQueue: queues.cpu,
    args: [{ run: name, preset: "tiny" }],
    signal: "pause",
  });
  while ((await handle.query<{ readonly phase: string }>("progress")).phase !== "paused") await sleep(200);
  return handle;
}

async function startIsRefused(client: Client, type: string, { input, field }: BadInput): Promise<string | null> {
  const handle = await client.workflow.start(type, {
    workflowId: `fuzz-${randomUUID()}`,
    taskQueue: queues.cpu,
    args: [input],
  });
  try {
    await handle.result();
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? error.cause : error;
    // A night goes on with what is right in its input, and tells at its end what was not.
    if (
      cause instanceof ApplicationFailure &&
      (cause.type === "BadInput" || (type === "nightlyEvaluation" && cause.type === "FailedInPart")) &&
      cause.message.includes(field)
    )
      return null;
    await handle.terminate().catch(() => undefined);
    return `${type} ${JSON.stringify(input)}: ${String(cause)} (should name ${field})`;
  }
  return `${type} ${JSON.stringify(input)} was accepted`;
}

async function updateIsRefused(
  target: WorkflowHandle,
  name: string,
  { input, field }: BadInput,
): Promise<string | null> {
  try {
    await target.executeUpdate(name, { args: [input] });
  } catch (error) {
    const cause = error instanceof WorkflowUpdateFailedError ? error.cause : error;
    if (cause instanceof ApplicationFailure && cause.message.includes(field)) return null;
    return `${name} ${JSON.stringify(input)}: ${String(cause)} (should name ${field})`;
  }
  return `${name} ${JSON.stringify(input)} was accepted`;
}

async function signalIsIgnored(target: WorkflowHandle, name: string, input: unknown): Promise<string | null> {
  await target.signal(name, input);
  return null;
}
