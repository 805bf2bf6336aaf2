import { defaultRewardSettings } from "../../src/configuration/rewardSettings.ts";
import { Question } from "../../src/domain/question.ts";
import type { Triple } from "../../src/domain/triple.ts";
import { parseResponse } from "../../src/protocol/grammar.ts";
import { weightedMeanOfScored } from "../../src/rewards/rewardDefinition.ts";
import type { CompositeDefinition } from "../../src/rewards/rewardDefinition.ts";
import { buildGraph } from "../../src/rewards/knowledgeGraph.ts";
import type { ReferenceComparison, RetrievedPassage, ScoringSubject } from "../../src/rewards/subject.ts";
import { passage } from "../protocol/passages.ts";
import { levelWeight } from "../../src/domain/evidenceScale.ts";
import { medicalScale } from "../../src/tasks/medical/medicalEvidenceScale.ts";
import { searchProtocol } from "../../src/environments/search/searchTags.ts";

/** Triples written as "head relation tail", separated by ";". */
export function triples(text: string): Triple[] {
  return text
    .split(";")
    .map((sentence) => sentence.trim().split(/\s+/))
    .flatMap(([head, relation, tail]) =>
      head === undefined || relation === undefined || tail === undefined
        ? []
        : [{ head, relation, tail, retrieved: null }],
    );
}

export function referenceOf(text: string, cosine: number | null = null): ReferenceComparison {
  return { triples: triples(text), graph: buildGraph(triples(text)), cosine };
}

export function retrieved(
  text: string,
  level: number | null,
  options: { readonly title?: string; readonly relevance?: number } = {},
): RetrievedPassage {
  return {
    passage: { ...passage(text, text, level), title: options.title ?? text },
    weight: levelWeight(medicalScale, level),
    triples: triples(text),
    relevance: options.relevance ?? null,
  };
}

export function questionOf(fields: Partial<Question> = {}): Question {
  return Question.parse({
    id: "q",
    dataset: "test",
    kind: "open",
    text: "fever ?",
    answer: "rest",
    cluster: "flu",
    ...fields,
  });
}

interface SubjectFields extends Partial<Omit<ScoringSubject, "question" | "response">> {
  readonly question?: Partial<Question>;
  readonly text?: string;
  /** What the thinking states. */
  readonly states?: string;
}

/** A subject with a well-formed response that answers rightly, unless told otherwise. */
export function subjectOf({ question, text, states, ...rest }: SubjectFields = {}): ScoringSubject {
  const stated = states === undefined ? null : triples(states);
  return {
    question: questionOf(question),
    response: parseResponse(text ?? "<think> it is flu </think> <answer> rest </answer>", searchProtocol),
    responseTokens: 10,
    maxResponseTokens: 100,
    passages: [],
    triples: stated,
    graph: stated === null ? null : buildGraph(stated),
    references: [],
    semantics: { functional: ["first"], opposites: [["avoid", "safe"]] },
    settings: defaultRewardSettings,
    ...rest,
  };
}

export function scoreComposite({ components, weights }: CompositeDefinition, subject: ScoringSubject): number | null {
  return weightedMeanOfScored(
    components.map((component) => component.score(subject)),
    weights(subject.settings),
  );
}
