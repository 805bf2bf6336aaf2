import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RemoteModel, TinkerClient } from "../../../src/engines/tinker/api.ts";
import { createClient } from "../../../src/engines/tinker/client.ts";
import { connect } from "../../../src/engines/tinker/connection.ts";
import type { Datum } from "../../../src/engines/tinker/datum.ts";
import { dialectNamed } from "../../../src/engines/tinker/dialects/table.ts";
import { ModelForgottenError } from "../../../src/engines/tinker/errors.ts";
import { learn } from "../../../src/engines/tinker/objective/learn.ts";
import { stepSizeOf } from "../../../src/policy/stepSize.ts";
import type { Loss, TrainingSequence } from "../../../src/policy/port.ts";
import { Workbench } from "../onnx/support.ts";
import { findSkyrl } from "../../support/skyrl/environment.ts";
import { startSkyrl, type SkyrlServer } from "../../support/skyrl/server.ts";
import { adam } from "./support.ts";

const skyrl = await findSkyrl();
const why = "missing" in skyrl ? ` (skipped: ${skyrl.missing})` : "";

/** The server compiles for minutes on a busy machine. */
const patience = 900_000;

/** All of one length: each further length is compiled anew. */
const sequences: readonly TrainingSequence[] = [0, 1].map((index) => {
  const tokens = Array.from({ length: 17 }, (_, place) => 7 + ((index * 11 + place * place * 3) % 24));
  const lossMask = tokens.map((_, place) => (place < 4 + index ? 0 : 1));
  return { tokens, lossMask, sampledLogProbabilities: lossMask.map(() => 0), advantage: index === 0 ? 1.2 : -0.7 };
});
const data: readonly Datum[] = sequences.map(({ tokens, lossMask }) => ({
  inputs: tokens.slice(0, -1),
  targets: tokens.slice(1),
  weights: lossMask.slice(1),
}));
const losses = [
  { kind: "cross-entropy" },
  { kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.28, dualClip: 3 },
] as const;

describe.skipIf("missing" in skyrl)(`a real SkyRL server on the CPU${why}`, () => {
  const bench = new Workbench();
  let [folder, work] = ["", ""];
  let server: SkyrlServer;
  let client: TinkerClient;

  const start = async (): Promise<void> => {
    if ("missing" in skyrl) return;
    server = await startSkyrl(skyrl, folder, work);
    client = createClient(connect({ url: server.url, key: null }), dialectNamed("skyrl-jax"));
  };
  const newModel = async (): Promise<RemoteModel> =>
    client.createModel(await client.openSession(), { baseModel: folder, rank: 8, seed: 1, index: 0 });

  beforeAll(async () => {
    folder = await bench.model();
    work = await bench.folder();
    await mkdir(join(work, "states"));
    await start();
  }, patience);
  afterAll(async () => {
    await server?.stop();
    await bench.clear();
  });

  test(
    "takes the model that the project exports, learns the same objective, and goes on from a saved state after kill -9",
    async () => {
      expect((await client.capabilities()).models).toEqual([folder]);
      const model = await newModel();
      let sequence = 0;
      const next = (): { sequence: number } => ({ sequence: ++sequence });

      // Adapters that have learnt nothing change nothing: both engines see one model.
      const embedded = await (await bench.open({ folder })).logProbabilities(sequences.map(({ tokens }) => tokens));
      const before = await client.forward(model, data, next());
      const gaps = before.logProbabilities.flatMap((values, index) =>
        values.map((value, place) => Math.abs(value - (embedded[index]?.[place + 1] ?? NaN))),
      );
      expect(Math.max(...gaps)).toBeLessThan(1e-4);

      const onPolicy = sequences.map((own, index) => ({
        ...own,
        sampledLogProbabilities: own.lossMask.map(
          (bit, place) => bit * (before.logProbabilities[index]?.[place - 1] ?? 0),
        ),
      }));
      const norms: number[] = [];
      for (const loss of losses) norms.push(await normOf(client, model, onPolicy, loss, next));
      // On policy nothing is clipped, so that the server's own loss must have the same gradient.
      norms.push(await nativeNorm(client, model, onPolicy, next));
      expect(Math.abs((norms[1] ?? NaN) / (norms[2] ?? NaN) - 1)).toBeLessThan(1e-4);

      const crossEntropy = async (): Promise<number> => meanLoss(await client.forward(model, data, next()));
      const first = await crossEntropy();
      for (let step = 0; step < 5; step++) {
        await client.forwardBackward(model, data, { name: "cross_entropy" }, next());
        await client.optimizerStep(model, { ...adam, learningRate: 0.02 }, next());
      }
      const last = await crossEntropy();
      expect(last).toBeLessThan(first - 0.05);

      const uri = await client.saveState(model, "state", next());
      await server.stop("SIGKILL");
      await start();
      await expect(client.forward(model, data, next())).rejects.toBeInstanceOf(ModelForgottenError);
      const again = await newModel();
      await client.loadState(again, uri, true, { sequence: 1 });
      expect(meanLoss(await client.forward(again, data, { sequence: 2 }))).toBeCloseTo(last, 6);
    },
    patience,
  );
});

function meanLoss({ logProbabilities }: { readonly logProbabilities: readonly (readonly number[])[] }): number {
  const own = logProbabilities.flatMap((values, index) =>
    values.filter((_, place) => (data[index]?.weights?.[place] ?? 0) > 0),
  );
  return -own.reduce((sum, value) => sum + value, 0) / own.length;
}

type Next = () => { sequence: number };

async function normOf(
  client: TinkerClient,
  model: RemoteModel,
  learning: readonly TrainingSequence[],
  loss: Loss,
  next: Next,
): Promise<number> {
  const step = stepSizeOf(learning);
  const request = { sequences: learning, loss, lossDivisor: step.weight, temperature: 1, step };
  await learn(client, model, request, { forward: next(), forwardBackward: next() });
  return gradientNorm(client, model, next);
}

/** By the server's own clipped loss; its mean over each sequence and over sequences is taken away again. */
async function nativeNorm(
  client: TinkerClient,
  model: RemoteModel,
  learning: readonly TrainingSequence[],
  next: Next,
): Promise<number> {
  const { sequences: count, weight } = stepSizeOf(learning);
  const sent = learning.map((own, index) => {
    const mask = own.lossMask.slice(1);
    const scale = (mask.reduce((sum, bit) => sum + bit, 0) * count) / weight;
    return {
      ...(data[index] as Datum),
      logProbabilities: own.sampledLogProbabilities.slice(1),
      advantages: mask.map((bit) => bit * own.advantage * scale),
    };
  });
  const settings = { clip_low_threshold: 0.8, clip_high_threshold: 1.28 };
  await client.forwardBackward(model, sent, { name: "ppo", settings }, next());
  return gradientNorm(client, model, next);
}

async function gradientNorm(client: TinkerClient, model: RemoteModel, next: Next): Promise<number> {
  const figures = await client.optimizerStep(model, { ...adam, learningRate: 0 }, next());
  return figures["skyrl.ai/grad_norm"] ?? NaN;
}
