import { Graph } from "../../../onnx/graph.ts";
import type { Value } from "../../../onnx/graph.ts";
import { cacheWidth } from "./keyValueCache.ts";
import type { ModelLayout } from "../model/lora.ts";
import type { ModelConfig } from "../model/modelConfig.ts";
import { embeddingName, finalNormName, headName } from "../model/parameters.ts";
import { SamplingAttention } from "./samplingAttention.ts";
import type { StepKind } from "./samplingAttention.ts";
import { SamplingLayers } from "./samplingLayers.ts";

/**
 * One step of generation without gradients. Sizes: B sequences, C new tokens each, Q = B · C, T cached positions, U = T + C,
 * R = C · heads ÷ key-value heads, W the width of a head in the cache.
 * Inputs: tokens [Q], positions [B, C], last [B] (row of each sequence's last token), inverseTemperature [B, 1], cosine, sine, weights;
 * to start mask [C, C]; to continue mask [B, 1, C, U]; to decode lengths [B] (cached positions) and total [1] (the largest length + 1);
 * with a cache keys:i and values:i [B, kv, T, W].
 * Outputs: probabilities [B, V] after each last token; to decode newKeys:i and newValues:i, which must be the memory of keys:i and
 * values:i; else states [B, kv, 2 · layers · C, W]: new keys and values, layer by layer.
 */
export function buildSamplingGraph(config: ModelConfig, layout: ModelLayout, kind: StepKind): Graph {
  const graph = new Graph();
  const layers = new SamplingLayers(graph, config, layout);
  const attention = new SamplingAttention(graph, config, layers, kind);
  const tokens = graph.input("tokens", ["Q"], "int64");
  const embedding = layers.weight(embeddingName, [config.vocabularySize, config.hiddenSize]);
  let residual = graph.node("Gather", [embedding, tokens], ["Q", config.hiddenSize], { type: "float32" });
  const gemma = config.gemma !== null;
  if (gemma) residual = graph.node("Mul", [residual, graph.scalar(Math.sqrt(config.hiddenSize))], residual.dims);
  let normalised = layers.norm(residual, "model.layers.0.input_layernorm.weight");
  for (let layer = 0; layer < config.layers; layer++) {
    const name = (norm: string): string => `model.layers.${layer}.${norm}_layernorm.weight`;
    const output = attention.attend(normalised, layer);
    const attended = gemma ? layers.norm(output, name("post_attention")) : output;
    const middle = layers.addAndNorm(attended, residual, name(gemma ? "pre_feedforward" : "post_attention"));
    const fed = layers.feedForward(middle.normalised, layer);
    const transformed = gemma ? layers.norm(fed, name("post_feedforward")) : fed;
    const next = layer + 1 < config.layers ? `model.layers.${layer + 1}.input_layernorm.weight` : finalNormName;
    ({ normalised, sum: residual } = layers.addAndNorm(transformed, middle.sum, next));
  }
  graph.output(probabilities(graph, config, layers, normalised), "probabilities");
  if (kind !== "decode") {
    const dims = ["B", config.keyValueHeads, "2LC", cacheWidth(config)];
    graph.output(graph.node("Concat", attention.states, dims, { attributes: { axis: { integer: 2 } } }), "states");
  }
  return graph;
}

function probabilities(graph: Graph, config: ModelConfig, layers: SamplingLayers, normalised: Value): Value {
  const wanted = graph.node("Gather", [normalised, graph.input("last", ["B"], "int64")], ["B", config.hiddenSize], {
    type: "float32",
  });
  const head = layers.weight(config.tiedEmbeddings ? embeddingName : headName, [
    config.vocabularySize,
    config.hiddenSize,
  ]);
  const logits = layers.linear(wanted, head, null);
  const scaled = graph.node("Mul", [logits, graph.input("inverseTemperature", ["B", 1])], logits.dims);
  return graph.node("Softmax", [scaled], logits.dims, { attributes: { axis: { integer: -1 } } });
}
