import type { RewardSettings } from "../configuration/rewardSettings.ts";
import type { Verdict } from "../graders/verdict.ts";
import type { Passage } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import type { RelationSemantics, Triple } from "../domain/triple.ts";
import type { ParsedResponse } from "../protocol/grammar.ts";
import type { KnowledgeGraph } from "./knowledgeGraph.ts";

/** Everything that the rewards of one trajectory are a pure function of. */
export interface ScoringSubject {
  readonly question: Question;
  readonly response: ParsedResponse;
  /** Length of the response in tokens, environment tokens included. */
  readonly responseTokens: number;
  readonly maxResponseTokens: number;
  /** Distinct retrieved passages, in the order they were first found; the text of one that was cut ends where what was shown ends. */
  readonly passages: readonly RetrievedPassage[];
  /** Passages that a response's calls can show at most; absent where no tool shows any. */
  readonly mostPassages?: number | undefined;
  /** Triples of the thinking; null when they could not be extracted. */
  readonly triples: readonly Triple[] | null;
  readonly graph: KnowledgeGraph | null;
  readonly references: readonly ReferenceComparison[];
  /** What is known of the extractor's relations; null when nothing is. */
  readonly semantics: RelationSemantics | null;
  /** A judge's verdict; null when the judge failed, absent when none was asked. */
  readonly judgement?: Verdict | null;
  /** Gain in mean log-likelihood per token (nats) of the right answer when the passages are given; null when measuring failed, absent when nobody measured. */
  readonly logLikelihoodGain?: number | null;
  /** What an extractor (thinking, one of the passages) or an embedder was given and could not read. */
  readonly unread?: readonly ("thinking" | "passages" | "embeddings")[];
  readonly settings: RewardSettings;
  /** What the response's searches take from its total; absent where they cost nothing. */
  readonly searchCost?: number;
  /** Names of those that the task offers; all when left out. */
  readonly rewards?: ReadonlySet<string>;
}

export interface RetrievedPassage {
  readonly passage: Passage;
  /** What its level counts on the corpus' scale, 0–1. */
  readonly weight: number;
  /** What the passage states; null when it could not be extracted. */
  readonly triples: readonly Triple[] | null;
  /** How well it fits the question, 0–1; null when not measured. */
  readonly relevance: number | null;
}

/** A reference of the question, and how the thinking resembles it. */
export interface ReferenceComparison {
  readonly triples: readonly Triple[] | null;
  readonly graph: KnowledgeGraph | null;
  /** Cosine of the embeddings of thinking and reference reasoning, −1 to 1; null when not embedded. */
  readonly cosine: number | null;
}
