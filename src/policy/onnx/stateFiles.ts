import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { optimizerFile, weightFiles, weightsFile } from "./modelFolder.ts";
import type { Parameter } from "./parameters.ts";
import type { ReplicaState } from "./replicaState.ts";
import { SafetensorsFile, layOutSafetensors } from "./safetensors.ts";

const meanPrefix = "mean/";
const squarePrefix = "square/";

/** Fills weights and the own range's moments from a folder; returns the optimiser's step count, 0 where it has no state. */
export async function loadState(folder: string, state: ReplicaState): Promise<number> {
  await loadWeights(folder, state);
  state.gradient.fill(0);
  const path = join(folder, optimizerFile);
  if (!existsSync(path)) {
    state.mean.fill(0);
    state.square.fill(0);
    return 0;
  }
  const file = await SafetensorsFile.open(path);
  try {
    for (const parameter of state.ownParameters()) {
      await file.readInto(`${meanPrefix}${parameter.name}`, state.ownPart(state.mean, parameter));
      await file.readInto(`${squarePrefix}${parameter.name}`, state.ownPart(state.square, parameter));
    }
    const steps = Number(file.metadata["steps"]);
    if (!Number.isInteger(steps)) throw new Error(`${path}: metadata "steps" is missing`);
    return steps;
  } finally {
    await file.close();
  }
}

async function loadWeights(folder: string, state: ReplicaState): Promise<void> {
  const missing = new Map(state.parameters.map((parameter) => [parameter.name, parameter]));
  for (const path of await weightFiles(folder)) {
    const file = await SafetensorsFile.open(path);
    try {
      for (const name of file.tensors.keys()) {
        const parameter = missing.get(name);
        if (parameter === undefined) continue;
        await file.readInto(name, state.weight(parameter));
        missing.delete(name);
      }
    } finally {
      await file.close();
    }
  }
  const [first] = missing.keys();
  if (first !== undefined) throw new Error(`${folder}: ${missing.size} weights are missing, the first is "${first}"`);
}

/** Creates the files of weights and optimiser state with their headers; each replica then writes its own tensors. */
export async function createStateFiles(folder: string, parameters: readonly Parameter[], steps: number): Promise<void> {
  for (const { name, layout } of stateFileLayouts(parameters, steps)) {
    const file = await open(join(folder, name), "w");
    await file.write(layout.header, 0, layout.header.length, 0);
    await file.truncate(layout.size);
    await file.close();
  }
}

/** Writes the own range's tensors into files that createStateFiles made. */
export async function writeOwnState(folder: string, state: ReplicaState, steps: number): Promise<void> {
  const parts = (parameter: Parameter): [string, Float32Array][] => [
    [parameter.name, state.weight(parameter)],
    [`${meanPrefix}${parameter.name}`, state.ownPart(state.mean, parameter)],
    [`${squarePrefix}${parameter.name}`, state.ownPart(state.square, parameter)],
  ];
  const tensors = state.ownParameters().flatMap(parts);
  for (const { name, layout } of stateFileLayouts(state.parameters, steps)) {
    const file = await open(join(folder, name), "r+");
    for (const [tensor, values] of tensors) {
      const start = layout.starts.get(tensor);
      if (start !== undefined) await file.write(bytesOf(values), 0, values.byteLength, start);
    }
    await file.sync();
    await file.close();
  }
}

function stateFileLayouts(parameters: readonly Parameter[], steps: number): { name: string; layout: ReturnType<typeof layOutSafetensors> }[] {
  const moments = [meanPrefix, squarePrefix].flatMap((prefix) => parameters.map(({ name, dims }) => ({ name: `${prefix}${name}`, dims })));
  return [
    // transformers refuses files that do not name their format.
    { name: weightsFile, layout: layOutSafetensors(parameters, { format: "pt" }) },
    { name: optimizerFile, layout: layOutSafetensors(moments, { steps: String(steps) }) },
  ];
}

/** SHA-256 (hex) of each own tensor's weights and moments, in order of the parameters. */
export function hashOwnState(state: ReplicaState): string[] {
  return state.ownParameters().map((parameter) => {
    const hash = createHash("sha256").update(parameter.name);
    for (const values of [state.weight(parameter), state.ownPart(state.mean, parameter), state.ownPart(state.square, parameter)]) hash.update(bytesOf(values));
    return hash.digest("hex");
  });
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
