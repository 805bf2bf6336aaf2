import protobuf from "protobufjs/light.js";
import { z } from "zod";
import { definition } from "../../../src/engines/tinker/protobuf/definition.ts";
import {
  decodeInt32,
  decodeNumbers,
  encodeFloat32,
  encodeInt32,
  encodeInt64,
} from "../../../src/engines/tinker/protobuf/tensors.ts";
import type { WireDatum } from "./losses.ts";

const root = protobuf.Root.fromJSON(definition);

/** A forward or forward–backward request, whichever form it came in. */
export interface Batch {
  readonly modelId: string;
  readonly sequence: number;
  readonly data: readonly WireDatum[];
  readonly loss: { readonly name: string; readonly settings: Readonly<Record<string, number>> };
  readonly forwardOnly: boolean;
}

const Tensor = z.object({ data: z.array(z.number()) });
const Input = z.object({
  data: z.array(
    z.object({
      model_input: z.object({ chunks: z.array(z.object({ tokens: z.array(z.number().int()) })).length(1) }),
      loss_fn_inputs: z.record(z.string(), Tensor),
    }),
  ),
  loss_fn: z.string(),
  loss_fn_config: z.record(z.string(), z.number()).optional(),
});
const Body = z.object({
  model_id: z.string(),
  seq_id: z.number().int(),
  forward_input: Input.optional(),
  forward_backward_input: Input.optional(),
});

export function readJsonBatch(text: string): Batch {
  const { model_id: modelId, seq_id: sequence, ...inputs } = Body.parse(JSON.parse(text));
  const input = Input.parse(inputs.forward_input ?? inputs.forward_backward_input);
  return {
    modelId,
    sequence,
    data: input.data.map((datum) =>
      datumOf(
        datum.model_input.chunks[0]?.tokens ?? [],
        Object.fromEntries(Object.entries(datum.loss_fn_inputs).map(([name, { data }]) => [name, data])),
      ),
    ),
    loss: { name: input.loss_fn, settings: input.loss_fn_config ?? {} },
    forwardOnly: inputs.forward_input !== undefined,
  };
}

export function readProtobufBatch(bytes: Uint8Array): Batch {
  const type = root.lookupType("ForwardBackwardRequest");
  const message = type.toObject(type.decode(bytes), { defaults: true, longs: Number }) as {
    modelId: string;
    seqId: number;
    lossFn: string;
    lossFnConfig: Record<string, number>;
    forwardOnly: boolean;
    data: {
      modelInput: { encodedText: { tokens: Uint8Array } }[];
      lossFnInputs: Record<string, { dense: Uint8Array; dtype: number }>;
    }[];
  };
  return {
    modelId: message.modelId,
    sequence: message.seqId,
    data: message.data.map(({ modelInput, lossFnInputs }) =>
      datumOf(
        decodeInt32(modelInput[0]?.encodedText.tokens ?? new Uint8Array()),
        Object.fromEntries(
          Object.entries(lossFnInputs).map(([name, { dense, dtype }]) => [name, decodeNumbers(dense, dtype)]),
        ),
      ),
    ),
    loss: { name: message.lossFn, settings: message.lossFnConfig },
    forwardOnly: message.forwardOnly,
  };
}

function datumOf(inputs: readonly number[], tensors: Record<string, readonly number[]>): WireDatum {
  const { target_tokens: targets = [], weights, logprobs, advantages } = tensors;
  return { inputs, targets, weights, logprobs, advantages };
}

/** The protobuf form of a result in JSON form; null for results that have none. */
export function protobufResult(result: Record<string, unknown>): Uint8Array | null {
  if (Array.isArray(result["loss_fn_outputs"])) return lossResult(result["loss_fn_outputs"], result["metrics"]);
  if (Array.isArray(result["sequences"])) return sampleResult(result["sequences"]);
  return null;
}

function lossResult(outputs: Record<string, { data: number[] }>[], metrics: unknown): Uint8Array {
  const names = Object.keys(outputs[0] ?? {});
  const fields = names.map((name) => {
    const parts = outputs.map((output) => output[name]?.data ?? []);
    const offsets = parts.reduce((ends, part) => [...ends, (ends.at(-1) ?? 0) + part.length * 4], [0]);
    return [name, { data: encodeFloat32(parts.flat()), offsets: encodeInt64(offsets), dtype: 1, trailingShape: [] }];
  });
  const record = { typeTag: "x", fields: Object.fromEntries(fields), numDatums: outputs.length };
  return encode("ForwardBackwardOutput", { lossFnOutputType: "scalar", lossFnOutputs: [record], metrics });
}

function sampleResult(sequences: { tokens: number[]; logprobs?: number[]; stop_reason: string }[]): Uint8Array {
  return encode("SampleResponse", {
    sequences: sequences.map(({ tokens, logprobs, stop_reason: reason }) => ({
      stopReason: reason === "stop" ? 0 : 1,
      tokens: encodeInt32(tokens),
      ...(logprobs !== undefined && { logprobs: encodeFloat32(logprobs) }),
    })),
  });
}

function encode(name: string, value: object): Uint8Array {
  return root.lookupType(name).encode(value).finish();
}
