import protobuf from "protobufjs/light.js";
import { lossInputsOf, type Datum, type WireLoss } from "../datum.ts";
import type { SampleResult } from "../results.ts";
import { definition } from "./definition.ts";
import {
  decodeFloat32,
  decodeInt32,
  decodeInt64,
  decodeNumbers,
  encodeInt32,
  encodeTensor,
  widthOf,
} from "./tensors.ts";

const root = protobuf.Root.fromJSON(definition);
const message = (name: string): protobuf.Type => root.lookupType(name);

export interface WireBatch {
  readonly modelId: string;
  /** From 1: 0 means unset on this wire. */
  readonly sequence: number;
  readonly data: readonly Datum[];
  readonly loss: WireLoss;
  readonly forwardOnly: boolean;
}

/** A ForwardBackwardRequest; settings are written in both forms, the old one and the new. */
export function encodeBatch({ modelId, sequence, data, loss, forwardOnly }: WireBatch): Uint8Array<ArrayBuffer> {
  const settings = Object.entries(loss.settings ?? {});
  const bytes = message("ForwardBackwardRequest")
    .encode({
      modelId,
      seqId: sequence,
      data: data.map((datum) => ({
        modelInput: [{ encodedText: { tokens: encodeInt32(datum.inputs) } }],
        lossFnInputs: Object.fromEntries(
          [...lossInputsOf(datum)].map(([name, input]) => [name, encodeTensor(input.data, input.integers)]),
        ),
      })),
      lossFn: loss.name,
      lossFnConfig: Object.fromEntries(settings),
      lossFnConfigV2: Object.fromEntries(settings.map(([name, number]) => [name, { number }])),
      forwardOnly,
    })
    .finish();
  return Uint8Array.from(bytes);
}

interface BatchedTensor {
  readonly data: Uint8Array;
  readonly offsets: Uint8Array;
  readonly dtype: number;
}

/** A ForwardBackwardOutput in the shape of its JSON form. Throws for bytes that are none. */
export function decodeLossResult(bytes: Uint8Array): {
  readonly loss_fn_outputs: Record<string, { readonly data: number[] }>[];
  readonly metrics: Record<string, number>;
} {
  const { lossFnOutputs, metrics } = decode("ForwardBackwardOutput", bytes) as unknown as {
    readonly lossFnOutputs: readonly { readonly fields: Record<string, BatchedTensor> }[];
    readonly metrics: Record<string, number>;
  };
  return { loss_fn_outputs: lossFnOutputs.flatMap(({ fields }) => perDatum(fields)), metrics: { ...metrics } };
}

/** Each field is one tensor of all data; offsets are in bytes. */
function perDatum(fields: Readonly<Record<string, BatchedTensor>>): Record<string, { readonly data: number[] }>[] {
  const outputs: Record<string, { readonly data: number[] }>[] = [];
  for (const [name, { data, offsets, dtype }] of Object.entries(fields)) {
    const values = decodeNumbers(data, dtype);
    const ends = decodeInt64(offsets).map((offset) => offset / widthOf(dtype));
    for (const [index, start] of ends.slice(0, -1).entries())
      (outputs[index] ??= {})[name] = { data: values.slice(start, ends[index + 1]) };
  }
  return outputs;
}

const stopReasons = ["stop", "length"] as const;

/** A SampleResponse in the shape of its JSON form; positions without a log-probability are NaN there and null here. */
export function decodeSampleResult(bytes: Uint8Array): SampleResult {
  const { sequences, promptLogprobs } = decode("SampleResponse", bytes) as unknown as {
    readonly sequences: readonly {
      readonly stopReason: number;
      readonly tokens: Uint8Array;
      readonly logprobs: Uint8Array;
    }[];
    readonly promptLogprobs: Uint8Array;
  };
  return {
    sequences: sequences.map(({ stopReason, tokens, logprobs }) => ({
      tokens: decodeInt32(tokens),
      logprobs: logprobs.length === 0 ? null : knownOnly(logprobs),
      stop_reason: stopReasons[stopReason] ?? null,
    })),
    prompt_logprobs: promptLogprobs.length === 0 ? null : knownOnly(promptLogprobs),
  };
}

function knownOnly(bytes: Uint8Array): (number | null)[] {
  return decodeFloat32(bytes).map((value) => (Number.isNaN(value) ? null : value));
}

function decode(name: string, bytes: Uint8Array): Record<string, unknown> {
  return message(name).toObject(message(name).decode(bytes), { defaults: true, longs: Number });
}
