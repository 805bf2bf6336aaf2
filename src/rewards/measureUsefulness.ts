import type { Passage, PassageSearch } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import type { Policy, RunControl } from "../policy/port.ts";
import { createTokenCutter, renderDocumentBlock } from "../protocol/documentBlock.ts";
import { renderPrompt } from "../protocol/prompt.ts";

export interface UsefulnessOptions {
  /** The policy that the stage began with. */
  readonly policy: Pick<Policy, "tokenizer" | "logProbabilities">;
  readonly questions: readonly Question[];
  readonly passages: Pick<PassageSearch, "passages">;
  readonly maxPassageTokens: number;
  readonly control?: RunControl;
}

/**
 * For each trajectory the gain in mean log-likelihood per token (nats) of the right answer when the retrieved passages
 * are given (METHOD §3, usefulness); 0 where nothing was retrieved. Equal contexts are measured once.
 */
export async function measureUsefulness(trajectories: readonly Trajectory[], { policy, questions, passages, maxPassageTokens, control }: UsefulnessOptions): Promise<number[]> {
  const byId = new Map(questions.map((question) => [question.id, question]));
  const found = await fetchAll(trajectories, passages);
  const cut = createTokenCutter(policy.tokenizer, maxPassageTokens);
  const contexts = trajectories.map((trajectory) => {
    const question = byId.get(trajectory.questionId);
    if (question === undefined) throw new Error(`a trajectory answers question "${trajectory.questionId}", which is not among those given`);
    const retrieved = retrievedBy(trajectory).flatMap((id) => found.get(id) ?? []);
    const block = retrieved.length === 0 ? "" : ` ${renderDocumentBlock({ status: "found", passages: retrieved }, cut)}`;
    return { without: contextOf(question, ""), given: contextOf(question, block), answer: ` ${question.answer} </answer>` };
  });
  const likelihoods = await measureAll(policy, contexts.flatMap(({ without, given, answer }) => [{ context: without, answer }, { context: given, answer }]), control);
  const likelihoodOf = (context: string, answer: string): number => likelihoods.get(context + answer) ?? 0;
  return contexts.map(({ without, given, answer }) => likelihoodOf(given, answer) - likelihoodOf(without, answer));
}

/** The text up to which a policy would write its answer, with the passages as its only thoughts. */
function contextOf(question: Question, block: string): string {
  return `${renderPrompt(question)} <think>${block} </think> <answer>`;
}

function retrievedBy(trajectory: Trajectory): string[] {
  return [...new Set(trajectory.searches.flatMap((call) => call.passageIds))];
}

async function fetchAll(trajectories: readonly Trajectory[], source: Pick<PassageSearch, "passages">): Promise<Map<string, Passage>> {
  const ids = [...new Set(trajectories.flatMap(retrievedBy))];
  const passages = ids.length === 0 ? [] : await source.passages(ids);
  return new Map(passages.map((passage) => [passage.id, passage]));
}

interface Continuation {
  readonly context: string;
  readonly answer: string;
}

/** Mean log-probability of each answer's tokens behind its context, by context and answer. */
async function measureAll(policy: UsefulnessOptions["policy"], continuations: readonly Continuation[], control?: RunControl): Promise<Map<string, number>> {
  const distinct = [...new Map(continuations.map((one) => [one.context + one.answer, one])).entries()];
  const encoded = distinct.map(([key, { context, answer }]) => ({ key, context: policy.tokenizer.encode(context), answer: policy.tokenizer.encode(answer) }));
  const rows = await policy.logProbabilities(encoded.map(({ context, answer }) => [...context, ...answer]), control);
  return new Map(encoded.map(({ key, context, answer }, index) => {
    const own = (rows[index] ?? new Float32Array()).subarray(context.length, context.length + answer.length);
    return [key, own.reduce((sum, value) => sum + value, 0) / Math.max(answer.length, 1)];
  }));
}
