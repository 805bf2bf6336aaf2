import { afterAll, afterEach, expect, test, vi } from "vitest";
import { Generator } from "../../../src/engines/onnx/sampling/generator.ts";
import type { GeneratorHost } from "../../../src/engines/onnx/sampling/generator.ts";
import { layOutModel } from "../../../src/engines/onnx/model/lora.ts";
import { readModelFolder } from "../../../src/engines/onnx/model/modelFolder.ts";
import { ReplicaState, splitRanges } from "../../../src/engines/onnx/replicas/replicaState.ts";
import { distributeRequests } from "../../../src/engines/onnx/sampling/sampleGroups.ts";
import { SamplingBatch } from "../../../src/engines/onnx/sampling/samplingBatch.ts";
import { SamplingSteps } from "../../../src/engines/onnx/sampling/samplingSteps.ts";
import { loadState } from "../../../src/engines/onnx/model/stateFiles.ts";
import { loadTokenizer } from "../../../src/policy/tokenizer.ts";
import { Workbench, sampleRequest } from "./support.ts";

const bench = new Workbench();
afterAll(() => bench.clear());
afterEach(() => vi.restoreAllMocks());

const prompts = [
  [7, 8, 9],
  [10, 11, 12, 13, 14, 15],
  [16, 17],
];
const requests = prompts.flatMap((prompt, group) =>
  Array.from({ length: 4 }, (_, sample) => sampleRequest(`${group}/${sample}`, prompt, { stopStrings: [] })),
);
const host = { respond: async () => [], stepped: () => undefined } as unknown as GeneratorHost;

async function openSteps(): Promise<{
  folder: string;
  steps: SamplingSteps;
  config: ConstructorParameters<typeof SamplingSteps>[0];
}> {
  const folder = await bench.model();
  const { config } = await readModelFolder(folder);
  const layout = layOutModel(config, null);
  const state = new ReplicaState(layout, splitRanges(layout.trained, 1)[0] ?? { start: 0, end: 0 });
  await loadState(folder, null, state);
  return { folder, config, steps: new SamplingSteps(config, state, { provider: "cpu", threads: 1 }) };
}

test("each prompt is taken in once and shared by its samples", async () => {
  const { folder, steps, config } = await openSteps();
  const take = vi.spyOn(SamplingBatch.prototype, "take");
  const generator = new Generator(
    config,
    steps,
    await loadTokenizer(folder),
    requests.map((request, index) => ({ index, request })),
    host,
  );
  const results = await generator.run();
  await steps.close();
  expect(results.size).toBe(requests.length);
  expect(take.mock.calls.flatMap(([feeds]) => feeds.map(({ tokens }) => tokens))).toEqual(prompts);
});

test("samples of one prompt go to one replica", () => {
  for (const part of distributeRequests(requests, 2)) {
    for (const { request } of part)
      expect(part.filter((other) => other.request.prompt === request.prompt)).toHaveLength(4);
  }
});
