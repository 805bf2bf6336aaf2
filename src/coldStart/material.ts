import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mapRestfully } from "../eventLoop/rest.ts";
import { indexPassages } from "../corpus/indexer.ts";
import type { CorpusSettings } from "../corpus/corpusSettings.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { Passage } from "../domain/passage.ts";
import { makeOnce } from "../files/makeOnce.ts";
import type { Tags } from "../protocol/tags.ts";
import { writePiecesAtomically } from "../files/atomicWrite.ts";
import { createModelFolder } from "../engines/onnx/model/create.ts";
import type { RunControl } from "../policy/port.ts";
import { renderPrompt } from "../protocol/prompt.ts";
import { firstWords } from "./demonstrations.ts";
import type { ColdStartRecipe } from "./coldStartRecipe.ts";
import { samplePassages } from "./sample.ts";
import { learnVocabulary } from "./learnVocabulary.ts";

/** What is read of a data set once, before the training. */
export interface PreparedMaterial {
  /** Model folder with fresh weights and the tokenizer. */
  readonly fresh: string;
  /** Running text. */
  readonly tokens: Uint16Array;
  /** First words of each passage. */
  readonly openings: readonly string[];
  /** Folder of a corpus of its own, so that it depends on nothing that runs beside it. */
  readonly corpus: string;
}

const tokensFile = "running-text.tokens";
const openingsFile = "openings.txt";

/** Reads the passages once and prepares tokenizer, running text and corpus below `work`; what an attempt before finished is found there. */
export async function prepareMaterial(
  work: string,
  dataset: Dataset,
  settings: CorpusSettings,
  tags: Tags,
  recipe: ColdStartRecipe,
  control: Pick<RunControl, "signal">,
): Promise<PreparedMaterial> {
  let reading: Promise<Passage[]> | null = null;
  const passages = (): Promise<Passage[]> => (reading ??= samplePassages(dataset.passages(), recipe.passages));
  const [fresh, corpus] = await Promise.all([
    makeOnce(join(work, "vocabulary"), async (scratch) =>
      makeVocabulary(scratch, dataset, await passages(), tags, recipe, control),
    ),
    makeOnce(
      join(work, "corpus"),
      async (scratch) =>
        void (await indexPassages(scratch, inTurn(await passages()), {
          settings,
          ...(control.signal && { signal: control.signal }),
        })),
    ),
  ]);
  const tokens = await readFile(join(fresh, tokensFile));
  const openings = (await readFile(join(fresh, openingsFile), "utf8")).split("\n").slice(0, -1);
  return { fresh, corpus, openings, tokens: new Uint16Array(tokens.buffer, tokens.byteOffset, tokens.length / 2) };
}

async function* inTurn<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}

/** Tokens that a response may take behind the longest prompt, documents among them. */
const responseRoom = 512;

/** Those of the recipe, doubled until prompts and responses fit; rotary positions have no weights, so the base is the same otherwise. */
function positionsFor(longestPrompt: number, { model }: ColdStartRecipe): number {
  let positions = model.maximumPositions;
  while (positions < longestPrompt + responseRoom) positions *= 2;
  return positions;
}

async function makeVocabulary(
  folder: string,
  dataset: Dataset,
  passages: readonly Passage[],
  tags: Tags,
  recipe: ColdStartRecipe,
  { signal }: Pick<RunControl, "signal">,
): Promise<void> {
  const openings = await mapRestfully(
    passages,
    ({ text }) => `${firstWords(text, recipe.demonstration.openingWords)}\n`,
  );
  const questions = [
    ...dataset.training,
    ...dataset.validation,
    ...dataset.evaluation.flatMap((pool) => pool.questions),
  ];
  const request = {
    texts: passages.map(({ text }) => text),
    others: dataset.training.map(({ text }) => text),
    prompts: await mapRestfully(questions, (question) => renderPrompt(question, tags)),
  };
  const { trained, tokens, longestPrompt } = await learnVocabulary(
    { ...request, vocabularySize: recipe.vocabularySize, tags: tags.names },
    signal,
  );
  const maximumPositions = positionsFor(longestPrompt, recipe);
  const model = {
    ...recipe.model,
    maximumPositions,
    vocabularySize: trained.vocabularySize,
    tiedEmbeddings: true,
    endOfTextId: trained.endOfTextId,
  };
  await createModelFolder(folder, model, trained, `cold start ${dataset.fingerprint}`);
  await writeFile(join(folder, tokensFile), tokens);
  await writePiecesAtomically(join(folder, openingsFile), openings);
}
