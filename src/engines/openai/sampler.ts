import pMap from "p-map";
import type { Segment, StopReason } from "../../domain/trajectory.ts";
import { GatheredAnswers } from "../../policy/gatheredAnswers.ts";
import type { ChatMessage, SampledSequence, Sampler, SampleRequest, Tokenizer } from "../../policy/port.ts";
import type { Ask } from "./client.ts";
import { dialects } from "./dialects.ts";
import type { OpenAiSettings } from "./settings.ts";
import { readMessages } from "./textTokenizer.ts";
import { turnOf } from "./turn.ts";

/** What a served model was asked so far, as its server counts. */
export interface Served {
  requests: number;
  inputTokens: number;
  outputTokens: number;
  /** Responses that the model refused, or its server filtered or would not take: they end there. */
  refused: number;
}

export interface ServedSampler extends Sampler {
  readonly served: Readonly<Served>;
}

export interface ServedModel {
  readonly ask: Ask;
  readonly model: string;
  readonly settings: OpenAiSettings;
  readonly tokenizer: Tokenizer;
}

/** Samples from a server, by the loop of the embedded engine: up to a stop string, then the environment's answer, then on. */
export function createServedSampler({ ask, model, settings, tokenizer }: ServedModel): ServedSampler {
  const served: Served = { requests: 0, inputTokens: 0, outputTokens: 0, refused: 0 };

  const stretch = async (request: SampleRequest, segments: readonly Segment[], room: number, signal?: AbortSignal) => {
    const body = { model, ...promptOf(settings, tokenizer, request, segments), ...drawing(settings, request, room) };
    served.requests++;
    const reply = await ask(body, signal);
    served.inputTokens += reply.inputTokens;
    served.outputTokens += reply.outputTokens;
    if (reply.refused !== null) served.refused++;
    return turnOf(reply, tokenizer, request.stopStrings);
  };

  const respond = async (
    index: number,
    request: SampleRequest,
    answers: GatheredAnswers,
    signal?: AbortSignal,
  ): Promise<SampledSequence> => {
    const segments: Segment[] = [];
    const add = (origin: Segment["origin"], tokens: readonly number[]): void => {
      if (tokens.length > 0) segments.push({ origin, tokens: [...tokens], logProbabilities: [] });
    };
    let room = request.maxResponseTokens;
    for (let turn = 0; ; turn++) {
      const { tokens: sampled, stopString, ended } = await stretch(request, segments, room, signal);
      const tokens = sampled.slice(0, room);
      add("policy", tokens);
      room -= tokens.length;
      const last = tokens.at(-1);
      if (last !== undefined && tokenizer.endOfTextIds.has(last)) return { segments, stopReason: "end" };
      if (room <= 0 || ended === "length" || stopString === null) return { segments, stopReason: "length" };
      const answer = await answers.answer({ request: index, turn, text: tokenizer.decode(tokens), stopString });
      if (answer.kind === "end") return { segments, stopReason: answer.reason satisfies StopReason };
      const shown = answer.tokens.slice(0, room);
      add("environment", shown);
      room -= shown.length;
      if (room <= 0) return { segments, stopReason: "length" };
    }
  };

  return {
    tokenizer,
    served,
    sample: async (requests, environment, control) => {
      const answers = new GatheredAnswers(environment);
      let done = 0;
      return pMap(
        requests,
        async (request, index) => {
          control?.signal?.throwIfAborted();
          const sequence = await respond(index, request, answers, control?.signal);
          control?.onProgress?.(++done / requests.length);
          return sequence;
        },
        { concurrency: settings.concurrency },
      );
    },
  };
}

/**
 * The conversation so far, as ids or as messages. A tool's answer is a user message, since no closed model continues
 * its own message.
 */
function promptOf(
  { dialect }: OpenAiSettings,
  tokenizer: Tokenizer,
  { prompt }: SampleRequest,
  segments: readonly Segment[],
): Readonly<Record<string, unknown>> {
  if (dialects[dialect].promptIds) return { prompt: [...prompt, ...segments.flatMap(({ tokens }) => tokens)] };
  const turns = segments.map(
    ({ origin, tokens }): ChatMessage => ({
      role: origin === "policy" ? "assistant" : "user",
      content: tokenizer.decode(tokens),
    }),
  );
  return { messages: [...readMessages(tokenizer, prompt), ...turns] };
}

/** The seed comes from the addresses of the sample and the turn; a server may ignore it. */
function drawing(
  { dialect, limitField }: OpenAiSettings,
  { temperature, topP, topK, seed, stopStrings }: SampleRequest,
  room: number,
): Readonly<Record<string, unknown>> {
  const { request, stops, promptIds } = dialects[dialect];
  return {
    n: 1,
    temperature,
    top_p: topP,
    // Not part of OpenAI's API, which refuses unknown fields.
    ...(promptIds && topK > 0 && { top_k: topK }),
    seed: seedOf(`${seed} ${room}`),
    [limitField]: room,
    ...(stops && stopStrings.length > 0 && { stop: mostStops(stopStrings, promptIds) }),
    ...request,
  };
}

/** OpenAI takes four stop strings: ends of calls come first, replies are cut at the others in any case. */
function mostStops(stopStrings: readonly string[], all: boolean): string[] {
  if (all) return [...stopStrings];
  return stopStrings.toSorted((a, b) => Number(b.startsWith("</")) - Number(a.startsWith("</"))).slice(0, 4);
}

/** A whole number that every server takes: 31 bits of the address' hash. */
function seedOf(address: string): number {
  let hash = 2_166_136_261;
  for (const character of address) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return hash >>> 1;
}
