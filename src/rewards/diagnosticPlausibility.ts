import { memoizeByObject } from "../caching/memoize.ts";
import { chosenOption } from "../graders/choice.ts";
import { entityWording } from "./entityWording.ts";
import type { Triple } from "../domain/triple.ts";
import { answerNames } from "./answerNames.ts";
import { meanOfScored } from "./rewardDefinition.ts";
import type { RewardDefinition } from "./rewardDefinition.ts";
import type { ScoringSubject } from "./subject.ts";

/**
 * Mean of: the answer is of the asked kind (0 or 1); share of the presented findings from which a path of a reference
 * graph leads to the answer, the best reference counting (docs/method.md#rewards).
 */
export const diagnosticPlausibility: RewardDefinition = {
  name: "diagnosticPlausibility",
  range: [0, 1],
  needs: ["reference", "knowledge-graph"],
  nullMeans: "the kind of the answer cannot be told, and the question lists no findings or has no reference graph",
  score: (subject) => meanOfScored([isOfAskedKind(subject), coveredFindings(subject)]),
};

/** For options: it is one. Else: it stands, in a graph or a passage, as object of a relation that the right answer is an object of. */
function isOfAskedKind(subject: ScoringSubject): number | null {
  const { question, response, references, passages } = subject;
  if (question.kind === "choice") return chosenOption(response.answer ?? "", question.options) === null ? 0 : 1;
  const names = answerNames(subject);
  const listed = [question.answer, ...question.acceptedAnswers, ...question.partialAnswers, ...question.harmfulAnswers];
  if (listed.some((wording) => names.has(entityWording(wording)))) return 1;
  const right = entityWording(question.answer);
  const known = references.flatMap((reference) => reference.triples ?? []);
  const asked = new Set(known.filter(({ tail }) => entityWording(tail) === right).map(({ relation }) => relation));
  if (asked.size === 0) return null;
  const stated = [...known, ...passages.flatMap((retrieved) => retrieved.triples ?? [])];
  return stated.some(({ relation, tail }) => asked.has(relation) && names.has(entityWording(tail))) ? 1 : 0;
}

function coveredFindings(subject: ScoringSubject): number | null {
  const { findings } = subject.question;
  const graphs = subject.references.flatMap(({ triples }) => (triples === null ? [] : [triples]));
  if (findings.length === 0 || graphs.length === 0) return null;
  const goals = answerNames(subject);
  const shares = graphs.map((triples) => {
    const leading = entitiesLeadingTo(goals, triples);
    return findings.filter((finding) => leading.has(entityWording(finding))).length / findings.length;
  });
  return Math.max(...shares);
}

interface Edge {
  readonly head: string;
  readonly tail: string;
}

/** Cached: a reference serves all samples of its question. */
const normalisedEdges = memoizeByObject((triples: readonly Triple[]): readonly Edge[] =>
  triples.map(({ head, tail }) => ({ head: entityWording(head), tail: entityWording(tail) })),
);

/** All entities from which a path leads to one of the goals, found backwards from them. */
function entitiesLeadingTo(goals: ReadonlySet<string>, triples: readonly Triple[]): Set<string> {
  const edges = normalisedEdges(triples);
  const found = new Set<string>();
  const waiting = [...goals];
  for (let entity = waiting.pop(); entity !== undefined; entity = waiting.pop()) {
    for (const { head, tail } of edges) {
      if (tail !== entity || found.has(head)) continue;
      found.add(head);
      waiting.push(head);
    }
  }
  return found;
}
