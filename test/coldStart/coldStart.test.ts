import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { coldStartBase } from "../../src/coldStart/coldStart.ts";
import { runningTokens } from "../../src/coldStart/runningTokens.ts";
import { trainTokenizer } from "../../src/coldStart/tokenizerFile.ts";
import { coldStartRecipe } from "../../src/coldStart/coldStartRecipe.ts";
import { openPubMedQa } from "../../src/benchmarks/pubmedqa.ts";
import { englishCorpus } from "../../src/tasks/medical/medicalCorpus.ts";
import type { Dataset } from "../../src/domain/dataset.ts";
import type { OnnxPolicy } from "../../src/engines/onnx/onnxPolicy.ts";
import { openOnnxPolicy } from "../../src/engines/onnx/openEngine.ts";
import { temporaryFolder } from "../corpus/temporaryFolder.ts";
import { searching } from "../environments/runEnvironments.ts";

const root = temporaryFolder();
const open = (folder: string): Promise<OnnxPolicy> =>
  openOnnxPolicy({ folder, provider: "cpu", replicas: 1, threadsPerReplica: 1, microBatchTokens: 2048 });

const recipe = {
  ...coldStartRecipe,
  vocabularySize: 320,
  model: { ...coldStartRecipe.model, hiddenSize: 16, feedForwardSize: 32, layers: 1, heads: 2, keyValueHeads: 1 },
  windowTokens: 32,
  languageSteps: 1,
  mixedSteps: 2,
  sequences: 2,
};

async function dataset(): Promise<Dataset> {
  const rows = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [
      `${index + 1}`,
      {
        QUESTION: `Does treatment ${index} help?`,
        CONTEXTS: [`We gave treatment ${index} to ${index + 9} patients in a cohort.`],
        LABELS: ["METHODS"],
        MESHES: [],
        YEAR: "2004",
        LONG_ANSWER: `Treatment ${index} helps.`,
        final_decision: index % 2 === 0 ? "yes" : "no",
      },
    ]),
  );
  const file = join(root, "ori_pqal.json");
  await writeFile(file, JSON.stringify(rows));
  return openPubMedQa(file);
}

test("a cold start makes a loadable policy once and finds it again", async () => {
  const progress: number[] = [];
  const steps: string[] = [];
  const folder = await coldStartBase({
    root,
    dataset: await dataset(),
    corpusSettings: englishCorpus,
    environment: searching,
    open,
    recipe,
    control: {
      onProgress: (fraction, doing = "") => {
        progress.push(fraction);
        steps.push(doing);
      },
    },
  });
  expect(progress).toEqual([0, 1 / 3, 2 / 3, 1]);
  expect(steps.at(-1)).toBe("supervised training, step 3 of 3");
  expect((await readdir(folder)).toSorted()).toEqual([
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
  ]);

  const opened = await open(folder);
  const text = "<question> Does it help? </question><think> yes </think>";
  expect(opened.tokenizer.decode(opened.tokenizer.encode(text))).toBe(text);
  const [logProbabilities] = await opened.logProbabilities([opened.tokenizer.encode(text)]);
  expect(logProbabilities?.every((value) => Number.isFinite(value) && value <= 0)).toBe(true);
  await opened.close();

  expect(
    await coldStartBase({
      root,
      dataset: await dataset(),
      corpusSettings: englishCorpus,
      environment: searching,
      open,
      recipe,
      control: {},
    }),
  ).toBe(folder);
  expect(progress).toHaveLength(4);
  expect(await readdir(join(root, ".bases"))).toHaveLength(1);
});

test("an attempt that is stopped is gone on with from its last checkpoint, to an equal base", async () => {
  const longer = { ...recipe, mixedSteps: 30 };
  const weights = async (folder: string): Promise<Buffer> => readFile(join(folder, "model.safetensors"));
  const undisturbed = await coldStartBase({
    root: join(root, "undisturbed"),
    dataset: await dataset(),
    corpusSettings: englishCorpus,
    environment: searching,
    open,
    recipe: longer,
    control: {},
  });

  const stop = new AbortController();
  const stopping = {
    signal: stop.signal,
    onProgress: (_: number, doing = "") => {
      if (doing.includes("step 27 ")) stop.abort(new Error("the worker ends"));
    },
  };
  await expect(
    coldStartBase({
      root: join(root, "stopped"),
      dataset: await dataset(),
      corpusSettings: englishCorpus,
      environment: searching,
      open,
      recipe: longer,
      control: stopping,
    }),
  ).rejects.toThrow("the worker ends");
  const steps: string[] = [];
  const resumed = await coldStartBase({
    root: join(root, "stopped"),
    dataset: await dataset(),
    corpusSettings: englishCorpus,
    environment: searching,
    open,
    recipe: longer,
    control: { onProgress: (_, doing = "") => steps.push(doing) },
  });
  expect(steps[1]).toBe("supervised training, step 21 of 31");
  expect((await weights(resumed)).equals(await weights(undisturbed))).toBe(true);
});

test("a base has room for the longest question and a response, whatever the recipe says", async () => {
  const short = await dataset();
  const [first] = short.validation;
  if (first === undefined) throw new Error("the data set has no validation question");
  const long = {
    ...short,
    fingerprint: "long",
    validation: [{ ...first, text: "The lung of case 12 is clear. ".repeat(200) }],
  };
  const positions = async (data: Dataset): Promise<unknown> =>
    (
      JSON.parse(
        await readFile(
          join(
            await coldStartBase({
              root: join(root, "positions"),
              dataset: data,
              corpusSettings: englishCorpus,
              environment: searching,
              open,
              recipe,
              control: {},
            }),
            "config.json",
          ),
          "utf8",
        ),
      ) as Record<string, unknown>
    )["max_position_embeddings"];
  expect(await positions(short)).toBe(recipe.model.maximumPositions);
  expect(await positions(long)).toBeGreaterThanOrEqual(200 * 10 + 512);
});

test("running text has the tokens that the tokenizer gives of each whole text", () => {
  const trained = trainTokenizer(["the lung of the heart", "  blanks,  marks: 5 mg/dl µg"], 300);
  const tokenizer = new Tokenizer(trained.tokenizer as object, trained.configuration as object);
  const piece = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("the lung", "  ", "\n\n", "it's", "''s", "<think>", "</answer", " <eos> ", "heart\t5"),
  );
  fc.assert(
    fc.property(fc.array(fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""))), (texts) => {
      const whole = texts.flatMap((text) => tokenizer.encode(`${text}<eos>`, { add_special_tokens: false }).ids);
      expect([...runningTokens(texts, trained)]).toEqual(whole);
    }),
  );
});
