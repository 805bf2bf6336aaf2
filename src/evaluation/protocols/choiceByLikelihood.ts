import type { PassageSearch } from "../../domain/passage.ts";
import type { Question } from "../../domain/question.ts";
import type { Policy, RunControl, Tokenizer } from "../../policy/port.ts";
import { choicePrompt } from "./choicePrompt.ts";
import type { ChoicePrompt } from "../../benchmarks/harnessForms/form.ts";

/** Which option a model finds likeliest, in the harness's two ways of counting. */
export interface ChoiceResult {
  readonly questionId: string;
  /** Label of the option whose continuation has the largest sum of log-probabilities. */
  readonly chosen: string;
  /** The same with each sum divided by the continuation's length in characters (acc_norm). */
  readonly chosenByLength: string;
  readonly correct: boolean;
  readonly correctByLength: boolean;
  /** Sums of log-probabilities (nats) of the continuations, in the options' order. */
  readonly logLikelihoods: readonly number[];
}

/** Documents for each question; retrieval sees the question alone, its options are hidden. */
export interface Retrieval {
  readonly search: PassageSearch;
  readonly topN: number;
}

/** Multiple choice as lm-evaluation-harness does it (`bench -- harness` compares): same prompts, same choice by log-likelihood. Zero-shot. */
export async function answerByLikelihood(
  policy: Pick<Policy, "tokenizer" | "logProbabilities" | "maximumTokens">,
  questions: readonly Question[],
  retrieval: Retrieval | null,
  control?: RunControl,
): Promise<ChoiceResult[]> {
  const found =
    retrieval === null
      ? []
      : await retrieval.search.search(
          questions.map(({ text }) => text),
          retrieval.topN,
        );
  const prompts = questions.map((question, index) =>
    choicePrompt(
      question,
      found[index]?.map(({ passage }) => passage),
    ),
  );
  const requests = prompts.flatMap((prompt) => encodeContinuations(policy.tokenizer, prompt, policy.maximumTokens));
  const rows = (
    await policy.logProbabilities(
      requests.map(({ tokens }) => tokens),
      control,
    )
  ).values();
  const sums = requests
    .map(({ start }) =>
      (rows.next().value ?? new Float32Array()).subarray(start).reduce((sum, value) => sum + value, 0),
    )
    .values();
  return questions.map((question, index) => {
    const continuations = prompts[index]?.continuations ?? [];
    return choose(
      question,
      continuations,
      continuations.map(() => sums.next().value ?? -Infinity),
    );
  });
}

/**
 * Context and continuation are encoded together behind what the tokenizer puts before a text, and the continuation is what comes
 * behind the context's own tokens. What the model cannot take is cut off at the beginning, as the harness does: the last token
 * is only asked about, so that one more than the model reads may stay.
 */
function encodeContinuations(
  tokenizer: Pick<Tokenizer, "beginning" | "encode">,
  { context, continuations }: ChoicePrompt,
  longest = Infinity,
): { readonly tokens: number[]; readonly start: number }[] {
  const start = tokenizer.beginning.length + tokenizer.encode(context).length;
  return continuations.map((continuation) => {
    const tokens = [...tokenizer.beginning, ...tokenizer.encode(`${context} ${continuation}`)];
    const excess = Math.max(0, tokens.length - (longest + 1));
    return { tokens: tokens.slice(excess), start: Math.max(0, start - excess) };
  });
}

function choose(question: Question, continuations: readonly string[], sums: readonly number[]): ChoiceResult {
  const chosen = labelAt(question, largest(sums));
  const chosenByLength = labelAt(
    question,
    largest(sums.map((sum, index) => sum / Math.max(continuations[index]?.length ?? 0, 1))),
  );
  return {
    questionId: question.id,
    logLikelihoods: [...sums],
    chosen,
    chosenByLength,
    correct: chosen === question.answer,
    correctByLength: chosenByLength === question.answer,
  };
}

function labelAt(question: Question, index: number): string {
  return question.options[index]?.label ?? "";
}

/** Index of the largest value, the first among equals. */
function largest(values: readonly number[]): number {
  return values.reduce((best, value, index) => (value > (values[best] ?? -Infinity) ? index : best), 0);
}
