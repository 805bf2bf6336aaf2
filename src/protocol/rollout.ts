import type { RunConfiguration } from "../configuration/configuration.ts";
import type { PassageSearch } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import { seedText } from "../domain/seed.ts";
import type { Trajectory, TrajectoryAddress } from "../domain/trajectory.ts";
import { mapRestfully } from "../eventLoop/rest.ts";
import type { RunControl, SampledSequence, Sampler, Tokenizer } from "../policy/port.ts";
import type { ToolCall } from "../domain/toolCall.ts";
import type { RunEnvironment } from "../environments/runEnvironment.ts";
import { refuseUnspelled } from "../environments/spelling.ts";
import { unknownCalls } from "./unknownCalls.ts";

/** Where a rollout belongs; with question and sample it gives every sample its own randomness. */
export interface RolloutAddress {
  readonly runSeed: number;
  /** Only training seeds depend on the policy's address. Evaluation seeds do not: two policies are compared on common random numbers. */
  readonly purpose: "training" | "validation" | "evaluation" | "protocol-probe";
  readonly branch: string;
  readonly stage: number;
  readonly iteration: number;
}

export interface RolloutOptions {
  readonly sampler: Sampler;
  /** What the policy can do. */
  readonly environment: RunEnvironment;
  readonly corpus: PassageSearch;
  readonly questions: readonly Question[];
  /** Trajectories per question. */
  readonly samples: number;
  readonly configuration: RunConfiguration["rollout"];
  readonly address: RolloutAddress;
  readonly control?: RunControl;
  /** Hears each call of a tool when it was answered, or ended its response. */
  readonly onCall?: (call: ToolCall) => void;
}

/** Samples `samples` trajectories of every question, ordered by question, then sample. */
export async function rollout({
  sampler,
  environment,
  corpus,
  questions,
  samples,
  configuration,
  address,
  control,
  onCall,
}: RolloutOptions): Promise<Trajectory[]> {
  const { tokenizer } = sampler;
  refuseUnspelled(environment, tokenizer);
  const prompts = await mapRestfully(questions, (question) => environment.prompt(tokenizer, question));
  const attempts = questions.flatMap((question, index) =>
    Array.from({ length: samples }, (_, sample) => ({ question, sample, prompt: prompts[index] ?? [] })),
  );
  const session = environment.open({ corpus, tokenizer, ...(onCall && { onCall }) });
  const requests = attempts.map(({ question, sample, prompt }) => ({
    prompt,
    seed: sampleSeed(address, question.id, sample),
    temperature: configuration.temperature,
    topP: configuration.topP,
    topK: configuration.topK,
    maxResponseTokens: configuration.maxResponseTokens,
    stopStrings: environment.stopStrings,
  }));
  const sequences = await sampler.sample(requests, session, control).catch((error: unknown) => {
    throw session.broken() ?? error;
  });
  return mapRestfully(attempts, ({ question, sample, prompt }, index) => {
    const sequence = sequences[index];
    if (sequence === undefined)
      throw new Error(`the sampler returned ${sequences.length} sequences for ${attempts.length} requests`);
    const place: TrajectoryAddress = {
      branch: address.branch,
      stage: address.stage,
      iteration: address.iteration,
      questionId: question.id,
      sample,
    };
    const recorded = record(sequence, prompt, tokenizer);
    return {
      ...place,
      ...recorded,
      calls: [...session.callsOf(index), ...unknownCalls(recorded.text, environment.tags).map(callOfNoTool)],
    };
  });
}

function callOfNoTool({ tool, text }: { readonly tool: string; readonly text: string }): ToolCall {
  const error = "the run has no such tool";
  return {
    tool,
    arguments: text,
    status: "unknown-tool",
    response: "",
    responseTokens: 0,
    seconds: null,
    error,
    payload: {},
  };
}

/** The address of one sample's randomness. */
export function sampleSeed(address: RolloutAddress, questionId: string, sample: number): string {
  const { runSeed, purpose, branch, stage, iteration } = address;
  return purpose === "training"
    ? seedText([runSeed, branch, purpose, stage, iteration, questionId, sample])
    : seedText([runSeed, purpose, questionId, sample]);
}

/** Tokens as the sampler produced them, and the text without the end-of-text token. */
function record(
  sequence: SampledSequence,
  prompt: readonly number[],
  tokenizer: Tokenizer,
): Pick<Trajectory, "promptTokens" | "segments" | "text" | "stopReason"> {
  const tokens = sequence.segments.flatMap((segment) => segment.tokens);
  const last = tokens.at(-1);
  const ended = last !== undefined && tokenizer.endOfTextIds.has(last);
  return {
    promptTokens: [...prompt],
    segments: [...sequence.segments],
    text: tokenizer.decode(ended ? tokens.slice(0, -1) : tokens),
    stopReason: sequence.stopReason,
  };
}
