import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import { indexPassages } from "../../src/corpus/indexer.ts";
import { vocabularyCorpus } from "../../src/tasks/medical/medicalCorpus.ts";
import type { RunConfiguration } from "../../src/configuration/configuration.ts";
import { questionsOfStep } from "../../src/curriculum/questions.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import type { PassageSearch } from "../../src/domain/passage.ts";
import type { Question } from "../../src/domain/question.ts";
import { countTokens, type Trajectory } from "../../src/domain/trajectory.ts";
import type { FolderPolicy } from "../../src/policy/folderPolicy.ts";
import type { Tokenizer } from "../../src/policy/port.ts";
import type { ToolCall } from "../../src/domain/toolCall.ts";
import { environmentOf } from "../../src/environments/environmentOf.ts";
import type { RunEnvironment } from "../../src/environments/runEnvironment.ts";
import { rollout } from "../../src/protocol/rollout.ts";
import { openDataset } from "../../src/tasks/taskRegistry.ts";
import type { Answer } from "../peers/peer.ts";
import type { StopIds } from "./torch.ts";

/** The base checkpoint that is kept in the project. */
export const worldBase = fileURLToPath(new URL("../../models/world-base", import.meta.url));

/** The embedded world as the preset quick-staged uses it, indexed in a temporary folder. */
export interface WorldBench {
  readonly configuration: RunConfiguration;
  readonly search: PassageSearch;
  readonly environment: RunEnvironment;
  /** The questions of a step of the preset. */
  questions(step: number): Question[];
  close(): Promise<void>;
}

export async function openWorldBench(): Promise<WorldBench> {
  // GRPO without further terms, which the peer computes too.
  const configuration = resolveConfiguration({ run: "bench", preset: "quick-staged" });
  const dataset = await openDataset(configuration.data);
  const folder = await mkdtemp(join(tmpdir(), "med-r3-bench-corpus-"));
  await indexPassages(folder, dataset.passages(), { settings: vocabularyCorpus });
  const corpus = await openCorpus(folder);
  const {
    seed,
    rollout: { questions: count },
  } = configuration;
  return {
    configuration,
    search: corpus,
    environment: environmentOf(configuration),
    questions: (step) => questionsOfStep(dataset.training, { seed, step, count }),
    close: async () => {
      corpus.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Our side's rollout: trajectories of every question. */
export function rollOut(
  policy: FolderPolicy,
  world: WorldBench,
  questions: readonly Question[],
  iteration: number,
): Promise<Trajectory[]> {
  const { configuration, search, environment } = world;
  const address = { runSeed: configuration.seed, purpose: "training", branch: "bench", stage: 1, iteration } as const;
  return rollout({
    sampler: policy,
    environment,
    corpus: search,
    questions,
    samples: configuration.rollout.samples,
    configuration: configuration.rollout,
    address,
  });
}

export function policyTokens(trajectories: readonly Trajectory[]): number {
  return trajectories.reduce((sum, trajectory) => sum + countTokens(trajectory, "policy"), 0);
}

/** Prompts of all samples of the questions, and the ids at which the peer stops. */
export function peerPrompts(
  { environment }: WorldBench,
  tokenizer: Tokenizer,
  questions: readonly Question[],
  samples: number,
): { prompts: number[][]; ids: StopIds } {
  const prompts = questions.flatMap((question) =>
    Array.from({ length: samples }, () => environment.prompt(tokenizer, question)),
  );
  const stops = environment.stopStrings
    .map((text) => tokenizer.encode(text))
    .map((tokens) => {
      const [id, ...more] = tokens;
      if (id === undefined || more.length > 0)
        throw new Error("the peer needs a tokenizer that has every stop string as one token");
      return id;
    });
  return { prompts, ids: { end: tokenizer.endOfTextId, stops, pad: 0 } };
}

const Stopped = z.object({
  stopped: z.array(z.object({ request: z.number(), turn: z.number(), tokens: z.array(z.number()) })),
});

/** Answers the peer's searches of one rollout by the same environment that answers ours. */
export function answerSearches(
  tokenizer: Tokenizer,
  world: WorldBench,
): { readonly answer: Answer; callsOf(request: number): readonly ToolCall[] } {
  const { stopStrings } = world.environment;
  const session = world.environment.open({ corpus: world.search, tokenizer });
  const answer: Answer = async (question) => {
    const { stopped } = Stopped.parse(question);
    return session.respond(
      stopped.map(({ request, turn, tokens }) => {
        const text = tokenizer.decode(tokens);
        return { request, turn, text, stopString: stopStrings.find((stop) => text.endsWith(stop)) ?? "" };
      }),
    );
  };
  return { answer, callsOf: (request) => session.callsOf(request) };
}
