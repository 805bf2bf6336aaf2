import { createHash } from "node:crypto";
import type { Passage, PassageSearch } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import type { Policy, RunControl } from "../policy/port.ts";
import { createTokenCutter, renderDocumentBlock } from "../environments/search/documentBlock.ts";
import { shownPassageIds } from "../domain/toolCall.ts";
import { promptTokens, renderPrompt, type ResponseProtocol } from "../protocol/prompt.ts";

/** The right answer to a question behind passages, or behind none. */
export interface AnswerContext {
  /** Content hash of all that its log-likelihood depends on. */
  readonly key: string;
  readonly question: Question;
  readonly passageIds: readonly string[];
}

/** Mean log-likelihoods per token (nats) of right answers, by the key of their context. */
export type Likelihoods = ReadonlyMap<string, number>;

export interface ContextOptions {
  readonly questions: readonly Question[];
  /** State hash of the policy that measures: the one that the stage began with. */
  readonly policyState: string;
  readonly maxPassageTokens: number;
  readonly protocol: ResponseProtocol;
}

export interface MeasureOptions {
  readonly policy: Pick<Policy, "tokenizer" | "logProbabilities">;
  readonly passages: Pick<PassageSearch, "passages" | "scale">;
  readonly maxPassageTokens: number;
  readonly protocol: ResponseProtocol;
  /** Longest response, in tokens; what is longer than question and response together is left out, not scored. */
  readonly maxResponseTokens: number;
  readonly control?: RunControl;
}

interface ContextPair {
  readonly without: AnswerContext;
  readonly given: AnswerContext;
}

/** What has to be measured for trajectories, each once. */
export function answerContexts(trajectories: readonly Trajectory[], options: ContextOptions): AnswerContext[] {
  const contexts = pairsOf(trajectories, options).flatMap(({ without, given }) =>
    given.key === without.key ? [] : [without, given],
  );
  return [...new Map(contexts.map((context) => [context.key, context])).values()];
}

/**
 * For each trajectory the gain in mean log-likelihood per token (nats) of the right answer when all the passages that it
 * retrieved are given (docs/method.md#rewards, usefulness); 0 where nothing was retrieved, null where the log-likelihoods are missing.
 */
export function likelihoodGains(
  trajectories: readonly Trajectory[],
  likelihoods: Likelihoods,
  options: ContextOptions,
): (number | null)[] {
  return pairsOf(trajectories, options).map(({ without, given }) => {
    if (given.key === without.key) return 0;
    const [before, after] = [likelihoods.get(without.key), likelihoods.get(given.key)];
    return before === undefined || after === undefined ? null : after - before;
  });
}

/** Measures answers behind their contexts; those too long are missing among the results. */
export async function measureLikelihoods(
  contexts: readonly AnswerContext[],
  options: MeasureOptions,
): Promise<Likelihoods> {
  const { policy, maxResponseTokens, control } = options;
  const encode = (text: string): number[] => policy.tokenizer.encode(text);
  const cut = createTokenCutter(policy.tokenizer, options.maxPassageTokens);
  const passages = await fetchAll(contexts, options.passages);
  const encoded = contexts.map(({ key, question, passageIds }) => {
    const block =
      passageIds.length === 0
        ? ""
        : ` ${renderDocumentBlock(
            passageIds.flatMap((id) => passages.get(id) ?? []),
            options.passages.scale,
            cut,
          )}`;
    const prompt = promptTokens(policy.tokenizer, question, options.protocol);
    // The text up to which a policy would write its answer, with the passages as its only thoughts.
    return {
      key,
      prompt,
      thoughts: encode(` <think>${block} </think> <answer>`),
      answer: encode(` ${question.answer} </answer>`),
    };
  });
  const fitting = encoded.filter(({ thoughts, answer }) => thoughts.length + answer.length <= maxResponseTokens);
  const rows = await policy.logProbabilities(
    fitting.map(({ prompt, thoughts, answer }) => [...prompt, ...thoughts, ...answer]),
    control,
  );
  return new Map(
    fitting.map(({ key, answer }, index) => {
      const own = (rows[index] ?? new Float32Array()).subarray(-answer.length);
      return [key, own.reduce((sum, value) => sum + value, 0) / answer.length];
    }),
  );
}

function pairsOf(
  trajectories: readonly Trajectory[],
  { questions, policyState, maxPassageTokens, protocol }: ContextOptions,
): ContextPair[] {
  const byId = new Map(questions.map((question) => [question.id, question]));
  const contextOf = (question: Question, passageIds: readonly string[]): AnswerContext => {
    const content = JSON.stringify([
      policyState,
      maxPassageTokens,
      renderPrompt(question, protocol.tags),
      question.answer,
      passageIds,
    ]);
    return { key: createHash("sha256").update(content).digest("hex").slice(0, 32), question, passageIds };
  };
  return trajectories.map((trajectory) => {
    const question = byId.get(trajectory.questionId);
    if (question === undefined)
      throw new Error(`a trajectory answers question "${trajectory.questionId}", which is not among those given`);
    return {
      without: contextOf(question, []),
      given: contextOf(question, shownPassageIds(trajectory.calls)),
    };
  });
}

async function fetchAll(
  contexts: readonly AnswerContext[],
  source: Pick<PassageSearch, "passages">,
): Promise<Map<string, Passage>> {
  const ids = [...new Set(contexts.flatMap(({ passageIds }) => passageIds))];
  const passages = ids.length === 0 ? [] : await source.passages(ids);
  return new Map(passages.map((passage) => [passage.id, passage]));
}
