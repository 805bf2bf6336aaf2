import type { Triple } from "../domain/triple.ts";
import { answer } from "./answer.ts";
import { bestSupport } from "./evidenceRecall.ts";
import { conclusionTriples } from "./evidentialSupport.ts";
import type { ScoringSubject } from "./subject.ts";

/**
 * Weighed parts of a valid response that a judge, an extractor, an embedder or a measurement was asked for and did not
 * deliver. What the data themselves do not support (no reference, nothing to compare) is null, but no failure.
 */
export function failedParts(subject: ScoringSubject): string[] {
  const failed = {
    answer: answer.score(subject) === null,
    reasoning: reasoningFailed(subject),
    retrieval: retrievalFailed(subject),
    clinical: clinicalFailed(subject),
  };
  return Object.entries(failed).flatMap(([part, holds]) => (holds ? [part] : []));
}

function reasoningFailed(subject: ScoringSubject): boolean {
  const {
    references,
    settings: { reasoning },
  } = subject;
  const graphs = reasoning.logical + reasoning.statistical > 0 && references.some(({ graph }) => graph !== null);
  return (
    (graphs && isUnread(subject, "thinking")) ||
    (reasoning.semantic > 0 && references.length > 0 && isUnread(subject, "embeddings"))
  );
}

function retrievalFailed(subject: ScoringSubject): boolean {
  const {
    question,
    passages,
    logLikelihoodGain,
    settings: { retrieval },
  } = subject;
  const facts = question.goldFacts ?? [];
  const unmeasured =
    facts.length > 0 ? unreadMatters(subject, facts) : passages.length > 0 && isUnread(subject, "embeddings");
  return (retrieval.evidenceRecall > 0 && unmeasured) || (retrieval.usefulness > 0 && logLikelihoodGain === null);
}

function clinicalFailed(subject: ScoringSubject): boolean {
  const { evidentialSupport } = subject.settings.clinical;
  return (
    isUnread(subject, "thinking") || (evidentialSupport > 0 && unreadMatters(subject, conclusionTriples(subject) ?? []))
  );
}

/** Whether a passage that could not be read might support a fact better than those that were. */
function unreadMatters(subject: ScoringSubject, facts: readonly Pick<Triple, "head" | "relation" | "tail">[]): boolean {
  if (!isUnread(subject, "passages")) return false;
  const unread = subject.passages.filter(({ triples }) => triples === null);
  return facts.some((fact) => unread.some(({ weight }) => weight > (bestSupport(fact, subject.passages) ?? 0)));
}

function isUnread({ unread = [] }: ScoringSubject, kind: NonNullable<ScoringSubject["unread"]>[number]): boolean {
  return unread.includes(kind);
}
