import { rewardNames, type RewardName } from "../domain/rewardNames.ts";
import type { Triple } from "../domain/triple.ts";
import { answer } from "./answer.ts";
import { bestSupport } from "./evidenceRecall.ts";
import { conclusionTriples } from "./evidentialSupport.ts";
import type { ScoringSubject } from "./subject.ts";

/**
 * Rewards of a valid response that a judge, an extractor, an embedder or a measurement was asked for and did not
 * deliver. What the data themselves do not support (no reference, nothing to compare) is null, but no failure.
 */
export function failedComponents(subject: ScoringSubject): RewardName[] {
  const { reasoning, retrieval, clinical } = subject.settings;
  const thinking = isUnread(subject, "thinking");
  const graphs = thinking && subject.references.some(({ graph }) => graph !== null);
  const semantic = subject.references.length > 0 && isUnread(subject, "embeddings");
  const evidence = evidenceFailed(subject);
  const usefulness = subject.logLikelihoodGain === null;
  const support = thinking || unreadMatters(subject, conclusionTriples(subject) ?? []);
  const failed: Partial<Record<RewardName, boolean>> = {
    answer: answer.score(subject) === null,
    logical: graphs,
    statistical: graphs,
    semantic,
    reasoning: (reasoning.logical + reasoning.statistical > 0 && graphs) || (reasoning.semantic > 0 && semantic),
    evidenceRecall: evidence,
    usefulness,
    retrieval: (retrieval.evidenceRecall > 0 && evidence) || (retrieval.usefulness > 0 && usefulness),
    clinicalConsistency: thinking,
    evidentialSupport: support,
    diagnosticPlausibility: thinking,
    clinical: thinking || (clinical.evidentialSupport > 0 && support),
  };
  return rewardNames.filter((name) => failed[name] === true);
}

function evidenceFailed(subject: ScoringSubject): boolean {
  const facts = subject.question.goldFacts ?? [];
  return facts.length > 0
    ? unreadMatters(subject, facts)
    : subject.passages.length > 0 && isUnread(subject, "embeddings");
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
