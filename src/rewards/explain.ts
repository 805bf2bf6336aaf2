import { titleKey } from "../domain/title.ts";
import type { Triple } from "../domain/triple.ts";
import { statements, tripleKey } from "./knowledgeGraph.ts";
import { bestReference } from "./reasoning.ts";
import { bestSupport } from "./evidenceRecall.ts";
import type { ScoringSubject } from "./subject.ts";

/** What earned a trajectory's rewards, for a reader. Null where the data offer nothing to compare with. */
export interface Explanation {
  /** Against the reference that the thinking agrees with best. */
  readonly graph: {
    readonly matched: readonly string[];
    readonly missing: readonly string[];
    readonly extra: readonly string[];
  } | null;
  readonly titles: { readonly found: readonly string[]; readonly missed: readonly string[] } | null;
  /** Gold facts with the highest weight of a retrieved passage that states them. */
  readonly facts: readonly { readonly fact: string; readonly support: number | null }[] | null;
}

/** Explains what earned a trajectory its rewards. */
export function explainScore(subject: ScoringSubject): Explanation {
  const { question, passages } = subject;
  const found = new Set(passages.map(({ passage }) => titleKey(passage.title)));
  const titles = question.goldTitles;
  return {
    graph: compareGraphs(subject),
    titles:
      titles === null
        ? null
        : {
            found: titles.filter((title) => found.has(titleKey(title))),
            missed: titles.filter((title) => !found.has(titleKey(title))),
          },
    facts:
      question.goldFacts?.map((fact) => ({ fact: tripleText(fact), support: bestSupport(fact, passages) })) ?? null,
  };
}

function compareGraphs(subject: ScoringSubject): Explanation["graph"] {
  const reference = bestReference(subject)?.triples ?? null;
  if (reference === null || subject.triples === null) return null;
  const [stated, wanted] = [statements(subject.triples), statements(reference)];
  return {
    matched: reference.filter((triple) => stated.has(tripleKey(triple))).map(tripleText),
    missing: reference.filter((triple) => !stated.has(tripleKey(triple))).map(tripleText),
    extra: subject.triples.filter((triple) => !wanted.has(tripleKey(triple))).map(tripleText),
  };
}

function tripleText({ head, relation, tail }: Triple): string {
  return `${head} ${relation} ${tail}`;
}
