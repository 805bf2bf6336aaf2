import { afterAll, expect, it } from "vitest";
import { trainTokenizer } from "../../src/coldStart/tokenizerFile.ts";
import { stageWeights } from "../../src/configuration/stageWeights.ts";
import { executePlan } from "../../src/training/execute.ts";
import { countTokens } from "../../src/domain/trajectory.ts";
import { createModelFolder } from "../../src/engines/onnx/model/create.ts";
import { rollout } from "../../src/protocol/rollout.ts";
import { trajectoryView } from "../../src/report/trajectoryView.ts";
import { featureHashing } from "../../src/rewards/featureHashing.ts";
import { scoreBatch } from "../../src/rewards/scoreBatch.ts";
import { tinyModel, Workbench } from "../engines/onnx/support.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { createScriptedSampler } from "../protocol/scriptedSampler.ts";
import { questionOf } from "../rewards/subjects.ts";
import { details, samplePlan, temporaryLog } from "../trajectories/samples.ts";
import { searchingAndCalculating as environment } from "./runEnvironments.ts";

const bench = new Workbench();
afterAll(() => bench.clear());

it("a step whose responses search and calculate: rolled out, logged, scored, learnt from, shown", async () => {
  const trained = trainTokenizer(["fever and rest; 1 + 2 = 3"], 300, environment.tags);
  const folder = await bench.folder();
  const { vocabularySize, endOfTextId } = trained;
  await createModelFolder(folder, { ...tinyModel, vocabularySize, endOfTextId }, trained, "two tools");
  const policy = await bench.open({ folder, microBatchTokens: 1024 });
  const question = questionOf({ id: "q", text: "fever ?", answer: "rest", goldTitles: ["a"] });
  const corpus = createWordSearch([passage("a", "flu first rest", 9)]);
  const trajectories = await rollout({
    sampler: createScriptedSampler(
      [
        ["<think> <search> flu </search>", " <calculate> 6 * 7 </calculate>", " so </think> <answer> rest </answer>"],
        ["<think> <calculate> bmi(weight_kg=7) </calculate>", " no </think> <answer> tea </answer>"],
      ],
      policy.tokenizer,
    ),
    environment,
    corpus,
    questions: [question],
    samples: 2,
    configuration: { questions: 1, samples: 2, temperature: 1, topP: 1, topK: 0, maxResponseTokens: 400 },
    address: { runSeed: 1, purpose: "training", branch: "main", stage: 1, iteration: 0 },
  });
  const log = await temporaryLog();
  const receipt = await log.appendBatch({ branch: "main", stage: 1, iteration: 0, shard: 0 }, trajectories, details);
  const stored = await log.readBatch(receipt);
  log.close();
  expect(stored.map(({ calls }) => calls.map(({ tool, status, response }) => [tool, status, response]))).toEqual([
    [
      ["search", "answered", "meta-analysis flu"],
      ["calculator", "answered", "42"],
    ],
    [["calculator", "refused", expect.stringContaining("height_cm is missing")]],
  ]);
  const sources = { questions: [question], passages: corpus, extractor: null, embedder: featureHashing };
  const scores = await scoreBatch(
    stored.map((trajectory) => ({ trajectory })),
    { ...sources, maxResponseTokens: 400, tags: environment.tags },
    stageWeights.retriever,
  );
  expect(scores.map(({ values }) => [values["format"], values["answer"], values["retrievalRecall"]])).toEqual([
    [1, 1, 1],
    [1, 0.1, expect.anything()],
  ]);
  const plan = samplePlan(0, [receipt], { advantages: [1, -1], minibatches: [[[0, 1]]], lossDivisors: [100] });
  const [result] = await executePlan(policy, { plan, trajectories: stored, reference: undefined });
  expect(result?.tokens).toBe(stored.reduce((sum, trajectory) => sum + countTokens(trajectory, "policy"), 0));
  const [first] = stored;
  const [score] = scores;
  if (first === undefined || score === undefined) throw new Error("nothing was stored");
  const view = trajectoryView(
    { stageName: "one", questionText: "q", rightAnswer: "rest", trajectory: first, score },
    environment,
  ).text;
  for (const shown of ["Call: calculator", "6 * 7", "Answered by calculator", "42", "Calls of tools"])
    expect(view).toContain(shown);
});
