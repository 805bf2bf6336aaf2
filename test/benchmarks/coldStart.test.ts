import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { coldStartBase } from "../../src/benchmarks/coldStart/coldStart.ts";
import { coldStartRecipe } from "../../src/benchmarks/coldStart/recipe.ts";
import { openPubMedQa } from "../../src/benchmarks/pubmedqa.ts";
import { openPolicy } from "../../src/policy/open.ts";
import { temporaryFolder } from "../corpus/temporaryFolder.ts";

const root = temporaryFolder();
const policy = { engine: "onnx", model: "built-in", provider: "cpu", replicas: 1, threadsPerReplica: 1, microBatchTokens: 2048 } as const;

const recipe = {
  ...coldStartRecipe,
  vocabularySize: 320,
  model: { ...coldStartRecipe.model, hiddenSize: 16, feedForwardSize: 32, layers: 1, heads: 2, keyValueHeads: 1 },
  windowTokens: 32,
  languageSteps: 1,
  mixedSteps: 2,
  sequences: 2,
};

test("a cold start makes a loadable policy once and finds it again", async () => {
  const rows = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${index + 1}`, {
    QUESTION: `Does treatment ${index} help?`, CONTEXTS: [`We gave treatment ${index} to ${index + 9} patients in a cohort.`], LABELS: ["METHODS"],
    MESHES: [], YEAR: "2004", LONG_ANSWER: `Treatment ${index} helps.`, final_decision: index % 2 === 0 ? "yes" : "no",
  }]));
  const file = join(root, "ori_pqal.json");
  await writeFile(file, JSON.stringify(rows));
  const dataset = await openPubMedQa(file);
  const progress: number[] = [];
  const folder = await coldStartBase({ root, dataset, policy, recipe, control: { onProgress: (fraction) => progress.push(fraction) } });
  expect(progress.at(-1)).toBe(1);
  expect((await readdir(folder)).toSorted()).toEqual(["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]);

  const opened = await openPolicy(policy, folder);
  const text = "<question> Does it help? </question><think> yes </think>";
  expect(opened.tokenizer.decode(opened.tokenizer.encode(text))).toBe(text);
  const [logProbabilities] = await opened.logProbabilities([opened.tokenizer.encode(text)]);
  expect(logProbabilities?.every((value) => Number.isFinite(value) && value <= 0)).toBe(true);
  await opened.close();

  expect(await coldStartBase({ root, dataset, policy, recipe, control: {} })).toBe(folder);
  expect(progress).toHaveLength(3);
  expect(await readdir(join(root, ".bases"))).toHaveLength(1);
});
