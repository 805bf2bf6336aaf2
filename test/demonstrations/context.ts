import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trainTokenizer } from "../../src/coldStart/tokenizerFile.ts";
import type { DemonstrationContext } from "../../src/demonstrations/demonstrationSource.ts";
import type { PassageSearch } from "../../src/domain/passage.ts";
import { Question } from "../../src/domain/question.ts";
import { createRunEnvironment } from "../../src/environments/runEnvironment.ts";
import type { RunEnvironment } from "../../src/environments/runEnvironment.ts";
import { medicalOffer } from "../../src/tasks/medical/offer.ts";
import type { Sampler, Tokenizer } from "../../src/policy/port.ts";
import { loadTokenizer } from "../../src/policy/tokenizer.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";

/** Two searches of two passages, and a calculator. */
export const environment: RunEnvironment = createRunEnvironment(
  [
    { name: "search", settings: { maxCalls: 2, passages: 2, maxPassageTokens: 200 } },
    { name: "calculator", settings: { maxCalls: 2 } },
  ],
  medicalOffer,
);

/** A byte-level tokenizer as models bring it, learnt from a few words. */
export async function byteTokenizer(files: Readonly<Record<string, string>> = {}): Promise<Tokenizer> {
  const folder = await mkdtemp(join(tmpdir(), "demonstrations-"));
  const { tokenizer, configuration } = trainTokenizer(["fever and rest, flu and tea"], 300, environment.tags);
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  await writeFile(join(folder, "tokenizer_config.json"), JSON.stringify(configuration));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const loaded = await loadTokenizer(folder);
  await rm(folder, { recursive: true });
  return loaded;
}

export const flu = passage("a", "flu wants rest and tea", 9);

export function contextOf(tokenizer: Tokenizer, changes: Partial<Changes> = {}): DemonstrationContext {
  const { corpus, maximumTokens, maxResponseTokens, sample } = {
    corpus: createWordSearch([flu, passage("b", "fever has many causes", 3)]),
    maximumTokens: 2000,
    maxResponseTokens: 1000,
    sample: () => Promise.reject(new Error("nothing is sampled here")),
    ...changes,
  };
  return {
    policy: { tokenizer, maximumTokens, sample },
    corpus,
    environment,
    maxResponseTokens,
    address: { branch: "main", stage: 1, iteration: 0 },
  };
}

interface Changes {
  readonly corpus: PassageSearch;
  readonly maximumTokens: number | undefined;
  readonly maxResponseTokens: number;
  readonly sample: Sampler["sample"];
}

export function questionOf(changes: Readonly<Record<string, unknown>> = {}): Question {
  return Question.parse({
    id: "q1",
    dataset: "test",
    kind: "choice",
    text: "What helps against flu?",
    options: [
      { label: "A", text: "rest" },
      { label: "B", text: "work" },
    ],
    answer: "A",
    cluster: "flu",
    ...changes,
  });
}
