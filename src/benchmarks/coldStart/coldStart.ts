import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { openCorpus } from "../../corpus/corpus.ts";
import { indexPassages } from "../../corpus/indexer.ts";
import { englishCorpus } from "../../corpus/settings.ts";
import type { RunConfiguration } from "../../configuration/configuration.ts";
import type { Dataset } from "../../domain/dataset.ts";
import { createModelFolder } from "../../policy/onnx/create.ts";
import { openPolicy } from "../../policy/open.ts";
import type { Policy, RunControl } from "../../policy/port.ts";
import { prepareDemonstrations } from "./demonstrations.ts";
import { coldStartRecipe } from "./recipe.ts";
import type { ColdStartRecipe } from "./recipe.ts";
import { trainTokenizer } from "./tokenizerFile.ts";
import { trainColdStart } from "./train.ts";

/** A base holds the Hugging Face files without the optimiser's state, so that a run starts its own. */
const baseFiles = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];

export interface ColdStartOptions {
  /** Storage root; bases are kept under `.bases`. */
  readonly root: string;
  readonly dataset: Dataset;
  readonly policy: RunConfiguration["policy"];
  readonly control: RunControl;
  readonly recipe?: ColdStartRecipe;
}

/**
 * The folder of a small policy that knows the protocol and the corpus' language, made from the data set alone: a
 * tokenizer, fresh weights, supervised training. Made once for each content and recipe, then found again.
 */
export async function coldStartBase({ root, dataset, policy, control, recipe = coldStartRecipe }: ColdStartOptions): Promise<string> {
  const fingerprint = createHash("sha256").update(JSON.stringify([recipe, dataset.fingerprint])).digest("hex").slice(0, 32);
  const folder = join(root, ".bases", fingerprint);
  if (await exists(folder)) return folder;
  await mkdir(join(root, ".bases"), { recursive: true });
  const scratch = await mkdtemp(join(root, ".bases", "making-"));
  try {
    const made = await makeBase(scratch, dataset, policy, recipe, control);
    await rename(made, folder).catch(async (error: unknown) => {
      // Another process was faster; its base is equal.
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return folder;
}

async function makeBase(scratch: string, dataset: Dataset, settings: RunConfiguration["policy"], recipe: ColdStartRecipe, control: RunControl): Promise<string> {
  const texts: string[] = [];
  for await (const { text } of dataset.passages()) texts.push(text);
  const tokenizer = trainTokenizer([...texts, ...dataset.training.map(({ text }) => text)], recipe.vocabularySize);
  const fresh = join(scratch, "fresh");
  const model = { ...recipe.model, vocabularySize: tokenizer.vocabularySize, tiedEmbeddings: true, endOfTextId: tokenizer.endOfTextId };
  await createModelFolder(fresh, model, tokenizer, `cold start ${dataset.fingerprint}`);
  const policy = await openPolicy(settings, fresh);
  try {
    await teach(policy, scratch, dataset, texts, recipe, control);
    return await saveBase(policy, scratch);
  } finally {
    await policy.close();
  }
}

/** Searches a corpus of its own, so that it depends on nothing that runs beside it. */
async function teach(policy: Policy, scratch: string, dataset: Dataset, texts: readonly string[], recipe: ColdStartRecipe, control: RunControl): Promise<void> {
  const folder = join(scratch, "corpus");
  await indexPassages(folder, dataset.passages(), { settings: englishCorpus, ...(control.signal && { signal: control.signal }) });
  const corpus = await openCorpus(folder);
  try {
    const demonstrate = await prepareDemonstrations({ questions: dataset.training, texts, search: corpus, tokenizer: policy.tokenizer }, recipe.demonstration);
    await trainColdStart(policy, { texts, demonstrate }, recipe, control);
  } finally {
    corpus.close();
  }
}

async function saveBase(policy: Policy, scratch: string): Promise<string> {
  const [trained, base] = [join(scratch, "trained"), join(scratch, "base")];
  await mkdir(trained);
  await policy.save(trained);
  await mkdir(base);
  for (const name of baseFiles) await cp(join(trained, name), join(base, name));
  return base;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
