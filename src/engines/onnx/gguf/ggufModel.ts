import { open } from "node:fs/promises";
import { layOutParameters } from "../model/parameters.ts";
import { parseModelConfig } from "../model/modelConfig.ts";
import type { BlockType } from "./blocks.ts";
import { configurationOf, convertedArchitectures } from "./ggufConfiguration.ts";
import { readGguf } from "./readGguf.ts";
import type { Gguf, GgufTensor } from "./readGguf.ts";
import { huggingFaceName, ropeFactorsName, rowsInPairs } from "./tensorNames.ts";
import { tokenizerOf } from "./ggufTokenizer.ts";

/** A tensor under its Hugging Face name, and where it lies in the GGUF file. */
export interface SourceTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly elements: number;
  readonly rowLength: number;
  /** Rows of a head whose rows lie in pairs; null for all others. */
  readonly pairedRows: number | null;
  /** Its name in the file. */
  readonly source: string;
  readonly type: BlockType;
  readonly start: number;
}

/** A GGUF file that can be converted: everything of its folder but the weights, and where those are. */
export interface GgufModel {
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
  readonly tensors: readonly SourceTensor[];
  /** What it is and how its weights are stored, in words. */
  readonly description: string;
}

/** Reads all that a GGUF file says of its model, weights left out. Throws for everything that could not be converted. */
export async function openGgufModel(path: string): Promise<GgufModel> {
  const gguf = await readGguf(path);
  if (convertedArchitectures[gguf.architecture] === undefined) configurationOf(gguf, noTokens, null);
  const { ids, files } = tokenizerOf(gguf);
  const configuration = configurationOf(gguf, ids, await ropeFactors(gguf));
  return {
    path,
    files: { ...files, "config.json": `${JSON.stringify(configuration, null, 2)}\n` },
    tensors: matchTensors(gguf, configuration),
    description: describe(gguf),
  };
}

/** An unsupported architecture is told before anything else of the file. */
const noTokens = { vocabularySize: 0, beginning: null, ends: [] };

async function ropeFactors({ path, tensors }: Gguf): Promise<Float32Array | null> {
  const tensor = tensors.find(({ name }) => name === ropeFactorsName);
  if (tensor === undefined) return null;
  const file = await open(path, "r");
  try {
    const bytes = new Uint8Array(tensor.end - tensor.start);
    await file.read(bytes, 0, bytes.length, tensor.start);
    const factors = new Float32Array(elementsOf(tensor));
    tensor.type.dequantise(bytes, factors);
    return factors;
  } finally {
    await file.close();
  }
}

/** Every weight that the engine has is in the file, in its shape, and no other. */
function matchTensors(gguf: Gguf, configuration: Record<string, unknown>): SourceTensor[] {
  const { path, architecture } = gguf;
  const config = parseModelConfig(configuration, path);
  const given = new Map<string, GgufTensor>();
  for (const tensor of gguf.tensors) {
    if (tensor.name === ropeFactorsName) continue;
    const name = huggingFaceName(tensor.name);
    if (name === null)
      throw new Error(`${path}: tensor "${tensor.name}" belongs to no ${architecture} model that is supported`);
    given.set(name, tensor);
  }
  const wanted = layOutParameters(config).map(({ name, dims, size }): SourceTensor => {
    const tensor = given.get(name);
    if (tensor === undefined) throw new Error(`${path}: the tensor of "${name}" is missing`);
    if (tensor.dims.join() !== dims.join())
      throw new Error(
        `${path}: tensor "${tensor.name}" has shape [${tensor.dims.join(", ")}], wanted is [${dims.join(", ")}]`,
      );
    const pairs = rowsInPairs(architecture, tensor.name);
    if (pairs && dims.length === 1 && config.headSize % tensor.type.elements !== 0)
      throw new Error(
        `${path}: tensor "${tensor.name}" is a bias quantised as ${tensor.type.name}, which is not supported`,
      );
    return {
      name,
      dims,
      elements: size,
      rowLength: dims.length === 1 ? 1 : (dims.at(-1) ?? 1),
      pairedRows: pairs ? config.headSize : null,
      source: tensor.name,
      type: tensor.type,
      start: tensor.start,
    };
  });
  const known = new Set(wanted.map(({ source }) => source));
  const other = [...given.values()].find(({ name }) => !known.has(name));
  if (other !== undefined)
    throw new Error(`${path}: tensor "${other.name}" is none that config of ${architecture} has a place for`);
  // In a file's own order, which is read without seeking.
  return wanted.toSorted((a, b) => a.start - b.start);
}

function describe({ architecture, metadata, tensors }: Gguf): string {
  const weightsOf = new Map<string, number>();
  for (const tensor of tensors)
    weightsOf.set(tensor.type.name, (weightsOf.get(tensor.type.name) ?? 0) + elementsOf(tensor));
  const shares = [...weightsOf].map(([kind, weights]) => ({ kind, weights })).toSorted((a, b) => b.weights - a.weights);
  const total = shares.reduce((sum, { weights }) => sum + weights, 0);
  const words = shares.map(
    ({ kind, weights }) => `${((100 * weights) / total).toFixed(weights / total < 0.001 ? 2 : 1)} % in ${kind}`,
  );
  const name = typeof metadata["general.name"] === "string" ? `${metadata["general.name"]}, ` : "";
  const quantised = shares.some(({ kind }) => !["F32", "F16", "BF16"].includes(kind));
  return `${name}${architecture}, ${(total / 1e6).toFixed(total < 1e7 ? 3 : 0)} million weights: ${words.join(", ")}; converted to float32${quantised ? ", which keeps what quantising lost" : ""}`;
}

function elementsOf({ dims }: GgufTensor): number {
  return dims.reduce((product, length) => product * length, 1);
}
