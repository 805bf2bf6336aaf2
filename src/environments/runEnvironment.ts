import type { PromptConfiguration } from "../configuration/promptConfiguration.ts";
import type { Question } from "../domain/question.ts";
import type { ToolCall } from "../domain/toolCall.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import type { ChosenPart } from "../parts/part.ts";
import type { Tokenizer } from "../policy/port.ts";
import { promptTokens, protocolInstructions, type ResponseProtocol } from "../protocol/prompt.ts";
import { createTags } from "../protocol/tags.ts";
import type { EnvironmentContext, MetricsContext, TaskOffer, Tool } from "./environment.ts";
import { environments, tagsOfTool } from "./environmentRegistry.ts";
import { openSession, stopStringsOf, type Session, type SessionOptions } from "./toolSession.ts";
import { showCalls } from "./showCalls.ts";
import { toolMetrics } from "./toolMetrics.ts";

/** All that a run's policy can do: its environments together. Keeps nothing between two calls. */
export interface RunEnvironment extends ResponseProtocol {
  readonly tools: readonly Tool[];
  /** The environments' names and settings that it was made from. */
  readonly chosen: readonly ChosenPart[];
  readonly stopStrings: readonly string[];
  /** Tokens that one passage may fill in an answer; null where no tool shows passages. */
  readonly maxPassageTokens: number | null;
  /** Passages that a response's calls can show at most; left out where no tool shows any. */
  readonly mostPassages?: number | undefined;
  /** Tokens that the policy reads before its response. */
  prompt(tokenizer: Tokenizer, question: Pick<Question, "text" | "options">): number[];
  /** The tools at work, for one call of `Sampler.sample`. */
  open(options: Omit<SessionOptions, "task">): Session;
  /** For each tool a call and its answer, for demonstrations. */
  showCalls(context: Omit<EnvironmentContext, "task" | "strip">): ReturnType<typeof showCalls>;
  /** How often tools were called and what became of the calls, per tool. */
  metrics(trajectories: readonly Pick<Trajectory, "calls">[], context: MetricsContext): Record<string, number>;
  /** An answer cut into what stands one below the other for a reader. */
  lines(call: Pick<ToolCall, "tool" | "response">): readonly string[];
}

/** The environments that a configuration chooses, with what its task lends them. Throws PartError for a name that this process does not know. */
export function createRunEnvironment(
  chosen: readonly ChosenPart[],
  task: TaskOffer,
  { example }: PromptConfiguration = { example: false },
): RunEnvironment {
  const tools = chosen.map(
    ({ name, settings }): Tool => ({
      tags: tagsOfTool(name),
      environment: environments.create({ name, settings }),
    }),
  );
  const tags = createTags(tools.map((tool) => tool.tags));
  const protocol: ResponseProtocol = {
    tags,
    instructions: protocolInstructions(
      task.subject,
      tools.map(({ environment }) => environment.instructions(task)),
    ),
    example: example ? tools.map((tool) => tool.tags) : null,
  };
  return {
    ...protocol,
    tools,
    chosen,
    stopStrings: stopStringsOf(tags),
    maxPassageTokens:
      tools.find(({ environment }) => environment.maxPassageTokens !== null)?.environment.maxPassageTokens ?? null,
    mostPassages: mostPassagesOf(tools),
    prompt: (tokenizer, question) => promptTokens(tokenizer, question, protocol),
    open: (options) => openSession(tools, tags, { ...options, task }),
    showCalls: (context) => showCalls(tools, { ...context, task, strip: tags.strip }),
    metrics: (trajectories, context) => toolMetrics(tools, trajectories, context),
    lines: ({ tool, response }) =>
      tools.find((one) => one.tags.tool === tool)?.environment.lines(response) ?? [response],
  };
}

function mostPassagesOf(tools: readonly Tool[]): number | undefined {
  const most = tools.reduce((sum, { environment }) => sum + (environment.mostPassages ?? 0), 0);
  return most === 0 ? undefined : most;
}
