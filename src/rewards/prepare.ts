import { defaultRewardSettings } from "../configuration/rewardSettings.ts";
import type { RewardSettings } from "../configuration/rewardSettings.ts";
import { mapRestfully } from "../eventLoop/rest.ts";
import type { Verdict } from "../graders/verdict.ts";
import { UnusableEmbeddingsError, type TextEmbedder } from "../domain/embedding.ts";
import { levelWeight } from "../domain/evidenceScale.ts";
import type { Passage, PassageSearch } from "../domain/passage.ts";
import type { Question, Reference } from "../domain/question.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import type { Triple, TripleExtractor } from "../domain/triple.ts";
import { passagesRead, shownPassageIds } from "../domain/toolCall.ts";
import { searchTool } from "../environments/search/searchTags.ts";
import { parseResponse } from "../protocol/grammar.ts";
import type { ParsedResponse } from "../protocol/grammar.ts";
import type { Tags } from "../protocol/tags.ts";
import { memoize, memoizeByObject } from "../caching/memoize.ts";
import { cosine, withLength } from "./cosine.ts";
import type { Embedded } from "./cosine.ts";
import { buildGraph } from "./knowledgeGraph.ts";
import type { KnowledgeGraph } from "./knowledgeGraph.ts";
import type { RetrievedPassage, ScoringSubject } from "./subject.ts";

/** What scoring needs beside the trajectories. */
export interface ScoringSources {
  readonly questions: readonly Question[];
  readonly passages: Pick<PassageSearch, "passages" | "scale">;
  /** Null when the data support no knowledge graphs: rewards that need one are then null. */
  readonly extractor: TripleExtractor | null;
  /** Whether references without a graph are read too; else they have none. */
  readonly readReferences?: boolean;
  readonly embedder: TextEmbedder;
  readonly maxResponseTokens: number;
  /** Tags that responses may have. */
  readonly tags: Tags;
  /** Passages that a response's calls can show at most; left out where no tool shows any. */
  readonly mostPassages?: number | undefined;
  /** Settings of the rewards; those of docs/method.md#rewards where left out. */
  readonly settings?: RewardSettings;
  /** Names of the rewards that the task offers; all when left out. */
  readonly rewards?: ReadonlySet<string>;
  /** What one search takes from a total; nothing when left out. */
  readonly searchCost?: number;
}

/** A trajectory and what was measured on it by services, once and recorded. */
export interface MeasuredTrajectory {
  readonly trajectory: Trajectory;
  /** See ScoringSubject. */
  readonly judgement?: Verdict | null;
  readonly logLikelihoodGain?: number | null;
}

/** Gathers what the rewards need, in the order of the trajectories. Every distinct text is embedded and read once. */
export async function prepareSubjects(
  measured: readonly MeasuredTrajectory[],
  sources: ScoringSources,
): Promise<ScoringSubject[]> {
  const { extractor } = sources;
  const questions = new Map(sources.questions.map((question) => [question.id, question]));
  const passages = await fetchPassages(
    measured.map(({ trajectory }) => trajectory),
    sources.passages,
  );
  const parsed = await mapRestfully(
    measured,
    ({ trajectory, judgement, logLikelihoodGain }): Parsed => ({
      question: questionOf(trajectory, questions),
      response: parseResponse(trajectory.text, sources.tags),
      retrieved: passagesRead(trajectory.calls, passages),
      responseTokens: trajectory.segments.reduce((sum, segment) => sum + segment.tokens.length, 0),
      searches: trajectory.calls.filter(({ tool }) => tool === searchTool).length,
      judgement,
      logLikelihoodGain,
    }),
  );
  const vectors = await embedTexts(textsToCompare(parsed), sources.embedder);
  const read = memoize((text: string) => extractor?.extract(text) ?? null);
  const graphOf = memoizeGraphs();
  const similarity = (a: string, b: string): number | null => compareVectors(vectors?.get(a), vectors?.get(b));
  return mapRestfully(parsed, (one) => {
    const { question, response, retrieved, responseTokens, judgement, logLikelihoodGain } = one;
    const triples = read(response.thinking);
    const states = retrieved.map(({ text }) => read(text));
    return {
      question,
      response,
      responseTokens,
      maxResponseTokens: sources.maxResponseTokens,
      passages: retrieved.map(
        (passage, index): RetrievedPassage => ({
          passage,
          weight: levelWeight(sources.passages.scale, passage.evidenceLevel),
          triples: states[index] ?? null,
          relevance: needsRelevance(question) ? clip(similarity(question.text, passage.text)) : null,
        }),
      ),
      mostPassages: sources.mostPassages,
      triples,
      graph: graphOf(triples),
      references: question.references.map((reference) => {
        const known = reference.graph ?? (sources.readReferences === true ? read(reference.reasoning) : null);
        return { triples: known, graph: graphOf(known), cosine: similarity(response.thinking, reference.reasoning) };
      }),
      semantics: extractor?.semantics ?? null,
      ...(judgement === undefined ? {} : { judgement }),
      ...(logLikelihoodGain === undefined ? {} : { logLikelihoodGain }),
      unread: [
        ...(extractor !== null && triples === null ? ["thinking" as const] : []),
        ...(extractor !== null && states.includes(null) ? ["passages" as const] : []),
        ...(vectors === null ? ["embeddings" as const] : []),
      ],
      settings: sources.settings ?? defaultRewardSettings,
      ...(sources.searchCost === undefined ? {} : { searchCost: sources.searchCost * one.searches }),
      ...(sources.rewards === undefined ? {} : { rewards: sources.rewards }),
    };
  });
}

interface Parsed {
  readonly question: Question;
  readonly response: ParsedResponse;
  /** Distinct passages, in the order they were first found, as far as they could be read. */
  readonly retrieved: readonly Passage[];
  readonly responseTokens: number;
  readonly searches: number;
  readonly judgement: Verdict | null | undefined;
  readonly logLikelihoodGain: number | null | undefined;
}

function questionOf(trajectory: Trajectory, questions: ReadonlyMap<string, Question>): Question {
  const question = questions.get(trajectory.questionId);
  if (question === undefined)
    throw new Error(`a trajectory answers question "${trajectory.questionId}", which is not among those given`);
  return question;
}

/** All passages that trajectories' calls showed, whole, by id. */
export async function fetchPassages(
  trajectories: readonly Pick<Trajectory, "calls">[],
  source: Pick<PassageSearch, "passages">,
): Promise<Map<string, Passage>> {
  const ids = shownPassageIds(trajectories.flatMap(({ calls }) => calls));
  const passages = ids.length === 0 ? [] : await source.passages(ids);
  return new Map(passages.map((passage) => [passage.id, passage]));
}

/** Only questions without gold facts are scored by relevance. */
function needsRelevance(question: Question): boolean {
  return question.goldFacts === null || question.goldFacts.length === 0;
}

function textsToCompare(parsed: readonly Parsed[]): Set<string> {
  const texts = new Set<string>();
  for (const { question, response, retrieved } of parsed) {
    texts.add(response.thinking);
    for (const reference of question.references) texts.add(reference.reasoning);
    if (!needsRelevance(question)) continue;
    texts.add(question.text);
    for (const passage of retrieved) texts.add(passage.text);
  }
  return texts;
}

/** Vectors by text; null where the encoder's answer cannot be used, so that what needs them is not scored. Throws where it cannot be asked. */
async function embedTexts(
  texts: ReadonlySet<string>,
  embedder: TextEmbedder,
): Promise<ReadonlyMap<string, Embedded> | null> {
  const ordered = [...texts];
  try {
    const vectors = await embedder.embed(ordered);
    return new Map(vectors.map((vector, index) => [ordered[index] ?? "", withLength(vector)]));
  } catch (error) {
    if (error instanceof UnusableEmbeddingsError) return null;
    throw error;
  }
}

function compareVectors(a: Embedded | undefined, b: Embedded | undefined): number | null {
  return a === undefined || b === undefined ? null : cosine(a, b);
}

function clip(similarity: number | null): number | null {
  return similarity === null ? null : Math.max(similarity, 0);
}

/** Graphs by the triples they were built from: a question's samples share their references. */
function memoizeGraphs(): (triples: Reference["graph"] | readonly Triple[]) => KnowledgeGraph | null {
  const graphOf = memoizeByObject((triples: readonly Triple[]) => buildGraph(triples));
  return (triples) => (triples === null ? null : graphOf(triples));
}
