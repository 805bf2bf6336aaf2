import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { createClient } from "../src/engines/tinker/client.ts";
import { connect } from "../src/engines/tinker/connection.ts";
import { dialectNamed } from "../src/engines/tinker/dialects/table.ts";
import { Workbench } from "../test/engines/onnx/support.ts";
import { findSkyrl } from "../test/support/skyrl/environment.ts";
import { startSkyrl } from "../test/support/skyrl/server.ts";
import { compare, type Figure } from "./harness.ts";
import { startPeer } from "./peers/peer.ts";
import { Worker, type OverheadWork } from "./support/tinker/overheadWork.ts";
import { startSilent } from "./support/tinker/startSilent.ts";

/** Milliseconds that each result of the fake takes. */
const delay = 50;

/** Seconds of a client's work, beside the official Python SDK's, on a real SkyRL server and on a fake whose results take a fixed time. */
export async function* bench(): AsyncGenerator<Figure> {
  const silent = await startSilent(delay);
  try {
    yield await compareOn(silent.url, "silent", `fake-of-${delay}ms/small`, work(2, 17, 8, 4));
    yield await compareOn(silent.url, "silent", `fake-of-${delay}ms/large`, work(32, 2048, 64, 1));
  } finally {
    silent.stop();
  }
  yield* onSkyrl();
}

async function* onSkyrl(): AsyncGenerator<Figure> {
  const skyrl = await findSkyrl();
  if ("missing" in skyrl) throw new Error(`there is no SkyRL server to measure on: ${skyrl.missing}`);
  const workbench = new Workbench();
  const [base, folder] = [await workbench.model(), await workbench.folder()];
  await mkdir(join(folder, "states"));
  const server = await startSkyrl(skyrl, base, folder);
  try {
    yield await compareOn(server.url, base, "skyrl", work(2, 17, 8, 4));
  } finally {
    await server.stop();
    await workbench.clear();
  }
}

/** As many samples of 16 tokens as `samples`, and sequences to learn from. */
function work(sequences: number, tokens: number, samples: number, iterations: number): OverheadWork {
  const made = (count: number, length: number): number[][] =>
    Array.from({ length: count }, (_, index) =>
      Array.from({ length }, (_unused, place) => 7 + ((index * 11 + place * place * 3) % 24)),
    );
  return { sequences: made(sequences, tokens), prompts: made(samples, 8), sampledTokens: 16, iterations };
}

async function compareOn(url: string, model: string, name: string, work: OverheadWork): Promise<Figure> {
  const peer = startPeer("tinker_peer.py", ["requirements-tinker.txt"]);
  try {
    const client = createClient(connect({ url, key: null }), dialectNamed("skyrl-jax"));
    const worker = await Worker.connect(client, model);
    await peer.request(z.boolean(), "connect", { url, model });
    const { sequences, prompts, sampledTokens: sampled_tokens, iterations } = work;
    const asked = { sequences, prompts, sampled_tokens, iterations };
    return await compare({
      name: `tinker-overhead/${name}`,
      unit: "s",
      direction: "lower-is-better",
      ours: () => worker.secondsOf(work),
      peer: () => peer.request(z.number(), "work", asked),
    });
  } finally {
    await peer.close();
  }
}
