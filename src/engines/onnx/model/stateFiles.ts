import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { updateHash, writeFully } from "./bytes.ts";
import { initialAdapter } from "./lora.ts";
import type { ModelLayout } from "./lora.ts";
import { adapterWeightsFile, optimizerFile, weightFiles, weightsFile } from "./modelFolder.ts";
import type { Parameter } from "./parameters.ts";
import type { ReplicaState, WeightOwner } from "../replicas/replicaState.ts";
import { SafetensorsFile, layOutSafetensors } from "../../../onnx/safetensors.ts";

const meanPrefix = "mean/";
const squarePrefix = "square/";

/** PEFT's names of the adapters' weights begin like this. */
const peftPrefix = "base_model.model.";

/**
 * Fills weights and the own range's moments from a folder; returns the optimiser's step count, 0 where it has no state.
 * With adapters the frozen weights come from `baseFolder`, and a folder without adapters starts fresh ones.
 */
export async function loadState(folder: string, baseFolder: string | null, state: ReplicaState): Promise<number> {
  if (baseFolder !== null)
    await loadWeights(baseFolder, await weightFiles(baseFolder), state, state.layout.frozen, "", "policy");
  await loadLearning(folder, baseFolder, state, "policy");
  state.clearGradient();
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

/** Fills the reference's weights from a folder; its frozen weights are the policy's. */
export async function loadReference(folder: string, baseFolder: string | null, state: ReplicaState): Promise<void> {
  if (state.reference.length === 0) state.reference = new Float32Array(state.weights.length);
  await loadLearning(folder, baseFolder, state, "reference");
}

async function loadLearning(
  folder: string,
  baseFolder: string | null,
  state: ReplicaState,
  owner: WeightOwner,
): Promise<void> {
  const { trained } = state.layout;
  if (baseFolder === null) return loadWeights(folder, await weightFiles(folder), state, trained, "", owner);
  const path = join(folder, adapterWeightsFile);
  if (existsSync(path)) return loadWeights(folder, [path], state, trained, peftPrefix, owner);
  for (const parameter of trained) state.weight(parameter, owner).set(initialAdapter(parameter));
}

/** Reads all of `wanted`, which the files call by their name behind `prefix`. */
async function loadWeights(
  folder: string,
  files: readonly string[],
  state: ReplicaState,
  wanted: readonly Parameter[],
  prefix: string,
  owner: WeightOwner,
): Promise<void> {
  const missing = new Map(wanted.map((parameter) => [`${prefix}${parameter.name}`, parameter]));
  for (const path of files) {
    const file = await SafetensorsFile.open(path);
    try {
      for (const name of file.tensors.keys()) {
        const parameter = missing.get(name);
        if (parameter === undefined && prefix !== "")
          throw new Error(`${path}: "${name}" is of no adapter that adapter_config.json names`);
        if (parameter === undefined) continue;
        await file.readInto(name, state.weight(parameter, owner));
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
export async function createStateFiles(folder: string, layout: ModelLayout, steps: number): Promise<void> {
  for (const { name, places } of stateFileLayouts(layout, steps)) {
    const file = await open(join(folder, name), "w");
    await writeFully(file, places.header, 0);
    await file.truncate(places.size);
    await file.close();
  }
}

/** Writes the own range's tensors into files that createStateFiles made. */
export async function writeOwnState(folder: string, state: ReplicaState, steps: number): Promise<void> {
  const prefix = weightPrefix(state.layout);
  const parts = (parameter: Parameter): [string, Float32Array][] => [
    [`${prefix}${parameter.name}`, state.weight(parameter)],
    [`${meanPrefix}${parameter.name}`, state.ownPart(state.mean, parameter)],
    [`${squarePrefix}${parameter.name}`, state.ownPart(state.square, parameter)],
  ];
  const tensors = state.ownParameters().flatMap(parts);
  for (const { name, places } of stateFileLayouts(state.layout, steps)) {
    const file = await open(join(folder, name), "r+");
    for (const [tensor, values] of tensors) {
      const start = places.starts.get(tensor);
      if (start !== undefined) await writeFully(file, bytesOf(values), start);
    }
    await file.sync();
    await file.close();
  }
}

function stateFileLayouts(
  layout: ModelLayout,
  steps: number,
): { name: string; places: ReturnType<typeof layOutSafetensors> }[] {
  const prefix = weightPrefix(layout);
  const weights = layout.trained.map(({ name, dims }) => ({ name: `${prefix}${name}`, dims }));
  const moments = [meanPrefix, squarePrefix].flatMap((kind) =>
    layout.trained.map(({ name, dims }) => ({ name: `${kind}${name}`, dims })),
  );
  return [
    // transformers refuses files that do not name their format.
    { name: prefix === "" ? weightsFile : adapterWeightsFile, places: layOutSafetensors(weights, { format: "pt" }) },
    { name: optimizerFile, places: layOutSafetensors(moments, { steps: String(steps) }) },
  ];
}

function weightPrefix(layout: ModelLayout): string {
  return layout.frozen.length > 0 ? peftPrefix : "";
}

/** SHA-256 (hex) of the frozen weights, then of each own tensor's weights and moments, in order of the parameters. */
export function hashOwnState(state: ReplicaState): string[] {
  const frozen = updateHash(createHash("sha256"), bytesOf(state.frozenWeights)).digest("hex");
  return [frozen, ...hashLearning(state)];
}

function hashLearning(state: ReplicaState): string[] {
  return state.ownParameters().map((parameter) => {
    const hash = createHash("sha256").update(parameter.name);
    for (const values of [
      state.weight(parameter),
      state.ownPart(state.mean, parameter),
      state.ownPart(state.square, parameter),
    ])
      updateHash(hash, bytesOf(values));
    return hash.digest("hex");
  });
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
