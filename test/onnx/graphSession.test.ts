import { expect, it } from "vitest";
import { Graph } from "../../src/onnx/graph.ts";
import { GraphSession, floatTensor, floats, type RunMemory } from "../../src/onnx/graphSession.ts";
import { randomStream } from "../../src/domain/seed.ts";

const width = 16;

function sessionOf(memory: RunMemory): Promise<GraphSession> {
  const graph = new Graph();
  const product = graph.node(
    "MatMul",
    [graph.input("x", ["R", width]), graph.input("w", [width, width])],
    ["R", width],
  );
  graph.output(graph.node("Softmax", [product], ["R", width]), "y");
  return GraphSession.create(graph, { provider: "cpu", threads: 1 }, memory);
}

it("a session computes the same whether it keeps the memory of its runs or gives it back, whatever their sizes", async () => {
  const random = randomStream(["graph session"]);
  const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());
  const w = floatTensor(numbers(width * width), [width, width]);
  const [keeping, giving] = [await sessionOf("kept"), await sessionOf("given-back")];
  for (const rows of [3, 500, 1, 90]) {
    const inputs = { x: floatTensor(numbers(rows * width), [rows, width]), w };
    const [one, other] = [await keeping.run(inputs, { R: rows }), await giving.run(inputs, { R: rows })];
    expect(floats(one["y"])).toHaveLength(rows * width);
    expect(floats(other["y"])).toEqual(floats(one["y"]));
  }
  await keeping.close();
  await giving.close();
});
