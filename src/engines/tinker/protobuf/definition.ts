import type { IMapField, INamespace } from "protobufjs/light.js";

const map = (keyType: string, type: string, id: number): IMapField => ({ keyType, type, id });
const optional = { proto3_optional: true };

/**
 * The messages of package tinker_public (tinker 0.38.0, tinker_public.proto) that we write or read; fields that we leave alone are
 * left out. Tensors are raw little-endian bytes.
 */
export const definition: INamespace = {
  nested: {
    DType: { values: { UNSPECIFIED: 0, FLOAT32: 1, INT64: 2, INT32: 3, BFLOAT16: 4 } },
    EncodedTextChunk: { fields: { tokens: { type: "bytes", id: 1 } } },
    Chunk: { fields: { encodedText: { type: "EncodedTextChunk", id: 1 } } },
    Tensor: {
      fields: {
        dense: { type: "bytes", id: 1 },
        dtype: { type: "DType", id: 3 },
        shape: { rule: "repeated", type: "int64", id: 4 },
      },
    },
    Datum: {
      fields: {
        modelInput: { rule: "repeated", type: "Chunk", id: 1 },
        lossFnInputs: map("string", "Tensor", 2),
      },
    },
    LossConfigValue: { fields: { number: { type: "double", id: 1, options: optional } } },
    ForwardBackwardRequest: {
      fields: {
        modelId: { type: "string", id: 1 },
        seqId: { type: "int32", id: 2 },
        data: { rule: "repeated", type: "Datum", id: 3 },
        lossFn: { type: "string", id: 4 },
        lossFnConfig: map("string", "double", 5),
        forwardOnly: { type: "bool", id: 6 },
        lossFnConfigV2: map("string", "LossConfigValue", 7),
      },
    },
    BatchedTensor: {
      fields: {
        data: { type: "bytes", id: 1 },
        offsets: { type: "bytes", id: 2 },
        dtype: { type: "DType", id: 3 },
        trailingShape: { rule: "repeated", type: "int64", id: 4 },
      },
    },
    ArrayRecord: {
      fields: {
        typeTag: { type: "string", id: 1 },
        fields: map("string", "BatchedTensor", 2),
        numDatums: { type: "int64", id: 3 },
      },
    },
    ForwardBackwardOutput: {
      fields: {
        lossFnOutputType: { type: "string", id: 1 },
        lossFnOutputs: { rule: "repeated", type: "ArrayRecord", id: 2 },
        metrics: map("string", "double", 3),
      },
    },
    SampledSequence: {
      fields: {
        stopReason: { type: "int32", id: 1 },
        tokens: { type: "bytes", id: 2 },
        logprobs: { type: "bytes", id: 3, options: optional },
      },
    },
    SampleResponse: {
      fields: {
        sequences: { rule: "repeated", type: "SampledSequence", id: 1 },
        promptLogprobs: { type: "bytes", id: 2, options: optional },
      },
    },
  },
};
