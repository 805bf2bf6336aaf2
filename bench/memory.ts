import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median, type Figure } from "./harness.ts";
import { cores, makeModel, modelSizes } from "./support/models.ts";
import { startTorch } from "./support/torch.ts";
import { crossEntropy, randomSequences, updateCases, type UpdateCase } from "./support/updates.ts";

const pairs = 5;
const updates = 4;

/** Peak resident memory of a process that makes updates, each measurement in a fresh process; the cases of `update`. */
export async function* bench(): AsyncGenerator<Figure> {
  for (const one of updateCases) yield await compareMemory(one);
}

async function compareMemory(one: UpdateCase): Promise<Figure> {
  const folder = await makeModel(one.size);
  try {
    const ours: number[] = [];
    const peer: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      ours.push((await ourPeak(one, folder)) / 2 ** 20);
      peer.push((await peerPeak(one, folder)) / 2 ** 20);
    }
    const ratios = ours.map((value, pair) => (peer[pair] ?? NaN) / value);
    return {
      name: `memory/${one.name}`,
      value: median(ours),
      unit: "MiB",
      peer: median(peer),
      ratio: median(ratios),
      n: pairs,
      low: Math.min(...ratios),
      high: Math.max(...ratios),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ourPeak({ name }: UpdateCase, folder: string): Promise<number> {
  const script = fileURLToPath(new URL("./support/memoryOfUpdate.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, name, folder]);
  return Number(stdout);
}

async function peerPeak(one: UpdateCase, folder: string): Promise<number> {
  const torch = await startTorch(folder, cores);
  for (let update = 0; update < updates; update++)
    await torch.update(sequencesOf(one), crossEntropy, one.peerMicroBatchTokens);
  const bytes = await torch.peakMemory();
  await torch.close();
  return bytes;
}

function sequencesOf({ lengths, size }: UpdateCase): ReturnType<typeof randomSequences> {
  return randomSequences(lengths, modelSizes[size].vocabularySize);
}
