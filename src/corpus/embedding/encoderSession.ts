import "../../launch/quietRuntime.mjs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import type { Tensor } from "onnxruntime-node";
import { floats, integerTensor } from "../../onnx/graphSession.ts";
import { encodeModel } from "../../onnx/modelProto.ts";
import { Tensor as OnnxTensor } from "onnxruntime-node";
import type { EncoderConfig } from "./encoderConfig.ts";
import { encoderGraph } from "./encoderGraph.ts";
import { openEncoderWeights } from "./encoderWeights.ts";
import { poolHidden } from "./pooling.ts";
import type { TokenBatch } from "./tokenBatch.ts";

/** An encoder that is loaded: from token ids to one vector a text. */
export interface EncoderSession {
  /** Vectors one after another, `hiddenSize` numbers each. */
  embed(batch: TokenBatch): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Loads model.onnx (or onnx/model.onnx) where there is one, else builds the graph from model.safetensors. */
export async function openEncoderSession(
  folder: string,
  config: EncoderConfig,
  threads: number,
): Promise<EncoderSession> {
  const options = sessionOptions(threads);
  for (const name of ["model.onnx", join("onnx", "model.onnx")]) {
    const path = join(folder, name);
    if ((await stat(path).catch(() => null)) !== null)
      return exportedSession(await InferenceSession.create(path, options), config);
  }
  const weights = await openEncoderWeights(folder);
  try {
    return builtSession(
      await InferenceSession.create(encodeModel(await encoderGraph(config, weights)), options),
      config,
    );
  } finally {
    await weights.close();
  }
}

/** A model of pairs that is loaded: one number for each. */
export interface PairSession {
  relevance(batch: TokenBatch, kinds: Int32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Builds a cross-encoder from model.safetensors. */
export async function openPairSession(folder: string, config: EncoderConfig, threads: number): Promise<PairSession> {
  const weights = await openEncoderWeights(folder);
  try {
    const session = await InferenceSession.create(
      encodeModel(await encoderGraph(config, weights, true)),
      sessionOptions(threads),
    );
    return {
      relevance: async ({ ids, mask, rows, tokens }, kinds) => {
        const dims = [rows, tokens];
        const positions = Int32Array.from(
          { length: rows * tokens },
          (_, index) => config.positionOffset + (index % tokens),
        );
        const feeds = {
          ids: integerTensor(ids, dims),
          positions: integerTensor(positions, dims),
          kinds: integerTensor(kinds, dims),
          mask: new OnnxTensor("int32", mask, dims),
        };
        return floats((await session.run(feeds))["embedding"] as Tensor | undefined);
      },
      close: () => session.release(),
    };
  } finally {
    await weights.close();
  }
}

function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return { intraOpNumThreads: threads, interOpNumThreads: 1, enableMemPattern: false, logSeverityLevel: 3 };
}

function builtSession(session: InferenceSession, config: EncoderConfig): EncoderSession {
  return {
    embed: async ({ ids, mask, rows, tokens }) => {
      const dims = [rows, tokens];
      const positions = Int32Array.from(
        { length: rows * tokens },
        (_, index) => config.positionOffset + (index % tokens),
      );
      const feeds = {
        ids: integerTensor(ids, dims),
        positions: integerTensor(positions, dims),
        ...(session.inputNames.includes("mask") && { mask: new OnnxTensor("int32", mask, dims) }),
      };
      return floats((await session.run(feeds))["embedding"] as Tensor | undefined);
    },
    close: () => session.release(),
  };
}

/** A model exported by others: inputs input_ids, attention_mask and perhaps token_type_ids; the first output is the hidden state. */
function exportedSession(session: InferenceSession, config: EncoderConfig): EncoderSession {
  return {
    embed: async ({ ids, mask, rows, tokens }) => {
      const dims = [rows, tokens];
      const given: Record<string, Tensor> = {
        input_ids: integerTensor(ids, dims),
        attention_mask: integerTensor(mask, dims),
        token_type_ids: integerTensor(new Int32Array(ids.length), dims),
      };
      const feeds = Object.fromEntries(Object.entries(given).filter(([name]) => session.inputNames.includes(name)));
      const results = await session.run(feeds);
      const output = session.outputNames.includes("last_hidden_state")
        ? "last_hidden_state"
        : (session.outputNames[0] ?? "");
      return poolHidden(floats(results[output] as Tensor | undefined), { ids, mask, rows, tokens }, config);
    },
    close: () => session.release(),
  };
}
