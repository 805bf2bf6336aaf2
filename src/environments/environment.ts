import type { BandWords } from "../corpus/query.ts";
import type { PassageSearch } from "../domain/passage.ts";
import type { ToolCall } from "../domain/toolCall.ts";
import type { Part } from "../parts/part.ts";
import type { Tokenizer } from "../policy/port.ts";
import type { ToolTags } from "../protocol/tags.ts";
import type { Formula } from "./calculator/formula.ts";

/**
 * What a policy can do during a rollout: one tool. Where generation stops follows from its tags: behind a call, and at the
 * tags of an answer, which only the environment may write. A response is read by the tags too, and everything that a
 * tool answers, with its tags, is masked from the loss; nothing else is.
 */
export interface Environment {
  /** Calls in one response; one more ends it. */
  readonly maxCalls: number;
  /** What a chat model is told behind "While you think you may ": how the tool is called and where its answer stands. */
  instructions(task: TaskOffer): string;
  /** The tool at work, for one call of `Sampler.sample`. */
  open(context: EnvironmentContext): AnswerCalls;
  /** Metrics of this tool's calls, beside those of every tool; their names begin with the tool's. */
  metrics(calls: readonly ToolCall[], context: MetricsContext): Readonly<Record<string, number>>;
  /** An answer cut into what stands one below the other for a reader. */
  lines(response: string): readonly string[];
  /** What a call asks in a cold start's demonstrations, which show the form, not the art; null for a tool that they leave out. */
  readonly demonstrate: ((question: string) => string) | null;
  /** Tokens that one passage may fill in an answer; null for a tool that shows none. */
  readonly maxPassageTokens: number | null;
  /** Passages that a response's calls can show at most; left out where they show none. */
  readonly mostPassages?: number;
}

/** Answers calls, in order; called with the arguments of all calls that stopped at one decode step. */
export type AnswerCalls = (calls: readonly string[]) => Promise<readonly ToolAnswer[]>;

export interface ToolAnswer {
  readonly status: "answered" | "refused" | "failed";
  /** What the policy reads between the answer's tags. Tags in it are taken out. */
  readonly text: string;
  /** What was wrong, in words; null where the call was answered. */
  readonly error: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What a task lends to environments. */
export interface TaskOffer {
  /** What its questions are about, one adjective for the prompt. */
  readonly subject?: string;
  /** Formulae of its field, for calculators. */
  readonly formulae?: readonly Formula[];
}

export interface EnvironmentContext {
  readonly corpus: PassageSearch;
  readonly tokenizer: Pick<Tokenizer, "encode">;
  readonly task: TaskOffer;
  /** Takes all tags of the run out of a text. */
  readonly strip: (text: string) => string;
  /** Where answers have less room than the settings give them. */
  readonly room?: { readonly passages: number; readonly maxPassageTokens: number };
}

export interface MetricsContext {
  /** The corpus' scale of evidence, and how a query asks for a band of it; absent where no corpus is at hand. */
  readonly bandWords?: BandWords | undefined;
}

/** An environment of a run with its tags. */
export interface Tool {
  readonly tags: ToolTags;
  readonly environment: Environment;
}

/** An environment as its file declares it. */
export interface EnvironmentPart<Settings> extends Part<Environment, Settings> {
  readonly tags: Omit<ToolTags, "tool">;
}
