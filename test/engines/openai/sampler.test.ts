import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SampledRow } from "../../../src/engines/onnx/sampling/sampledRow.ts";
import type { DialectName } from "../../../src/engines/openai/dialects.ts";
import { createServedSampler } from "../../../src/engines/openai/sampler.ts";
import { OpenAiSettings } from "../../../src/engines/openai/settings.ts";
import { createTextTokenizer, readMessages } from "../../../src/engines/openai/textTokenizer.ts";
import type { Responder, SampledSequence, SampleRequest, StoppedTurn } from "../../../src/policy/port.ts";
import { StopStringDetector } from "../../../src/policy/stopStrings.ts";
import { trainingSequence } from "../../../src/protocol/lossMask.ts";
import { letters, scriptedServer, type Manners } from "./scriptedServer.ts";

const stopStrings = ["</search>", "<document>", "</document>"];
const messages = [{ role: "user", content: "fever ?" }] as const;
const requestOf = (maxResponseTokens: number): SampleRequest => ({
  prompt: letters.encodeChat?.(messages) ?? [],
  seed: "1/q/0",
  temperature: 1,
  topP: 1,
  topK: 0,
  maxResponseTokens,
  stopStrings,
});

/** Answers calls, and ends a response that writes answers itself, or calls a third time. */
const responder: Responder = {
  respond: async (stopped) =>
    stopped.map(({ stopString, turn, text }: StoppedTurn) =>
      stopString === "</search>" && turn < 2
        ? { kind: "continue", tokens: letters.encode(` <document> ${text.length} </document>`) }
        : { kind: "end", reason: stopString === "</search>" ? "call-limit" : "malformed-call" },
    ),
};

/** What the embedded engine makes of the same text, by its own row and the draws that write it. */
async function embedded(turns: readonly string[], request: SampleRequest): Promise<SampledSequence> {
  const row = new SampledRow({ index: 0, request } as ConstructorParameters<typeof SampledRow>[0]);
  const detector = new StopStringDetector(letters);
  for (let turn = 0; row.state !== "ended"; turn++) {
    for (const token of [...letters.encode(turns[turn] ?? ""), 0]) {
      const probabilities = new Float32Array(letters.vocabularySize);
      probabilities[token] = 1;
      row.extend(probabilities, letters.endOfTextIds, detector);
      if (row.state !== "running") break;
    }
    if (row.state !== "waiting") break;
    const text = letters.decode(row.turnTokens);
    const [answer] = await responder.respond([{ request: 0, turn, text, stopString: row.stopString }]);
    if (answer !== undefined) row.proceed(answer);
  }
  return row.result();
}

async function served(turns: readonly string[], request: SampleRequest, dialect: DialectName, manners: Manners) {
  const server = scriptedServer(turns, manners);
  const tokenizer = dialect.startsWith("chat") ? null : "/a/folder";
  const settings = OpenAiSettings.parse({ service: "lab", dialect, tokenizer });
  const sampler = createServedSampler({ ask: server.ask, model: "m", settings, tokenizer: letters });
  const [sequence] = await sampler.sample([request], responder);
  if (sequence === undefined) throw new Error("nothing was sampled");
  return { sequence, bodies: server.bodies, served: sampler.served };
}

const kinds: readonly [string, DialectName, Manners][] = [
  ["vLLM with ids", "vllm", { stops: true, keeps: true, names: "stop_reason", ids: true }],
  ["vLLM that gives no ids back", "vllm", { stops: true, keeps: true, names: "stop_reason", ids: false }],
  ["a server of ids that cuts stop strings", "vllm", { stops: true, keeps: false, names: "stop_reason", ids: true }],
  ["SGLang", "sglang", { stops: true, keeps: true, names: "matched_stop", ids: false }],
  ["SGLang that trims stop strings", "sglang", { stops: true, keeps: false, names: "matched_stop", ids: false }],
  ["chat without stop strings", "chat-without-stops", { stops: false, keeps: true, names: null, ids: false }],
  ["chat that ignores stop strings", "chat", { stops: false, keeps: true, names: null, ids: false }],
];
const silent: Manners = { stops: true, keeps: false, names: null, ids: false };

const words = fc.constantFrom("<think> flu ", " rest", "</think> <answer> a </answer>", " a < b ");
const calls = fc.constantFrom(" <search> flu </search>", " <search> cold </search> more");
const stray = fc.constantFrom("</search>", " <document> mine </document>", " <search> open");
const scriptOf = (part: fc.Arbitrary<string>) =>
  fc.array(
    fc.array(part, { maxLength: 4 }).map((parts) => parts.join("")),
    { maxLength: 4 },
  );

function shape({ segments, stopReason }: SampledSequence) {
  const plain = segments.map(({ origin, tokens }) => ({ origin, text: letters.decode(tokens), tokens: [...tokens] }));
  return { plain, stopReason };
}

describe("the same text gives the segments, mask and end of the embedded engine", () => {
  it.each(kinds)("over %s", async (_, dialect, manners) => {
    await fc.assert(
      fc.asyncProperty(
        scriptOf(fc.oneof(words, calls, stray)),
        fc.integer({ min: 8, max: 160 }),
        async (turns, most) => {
          const request = requestOf(most);
          const own = await embedded(turns, request);
          // Without a reported stop an open call that ended by itself looks like one whose end was cut off.
          fc.pre(manners.names !== null || !turns.some((turn) => turn.includes(" <search> open")));
          const { sequence } = await served(turns, request, dialect, manners);
          expect(shape(sequence)).toEqual(shape(own));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("over chat that cuts stop strings without a word, for calls: an open call was cut off", async () => {
    await fc.assert(
      fc.asyncProperty(scriptOf(fc.oneof(words, calls)), fc.integer({ min: 8, max: 160 }), async (turns, most) => {
        const request = requestOf(most);
        const { sequence } = await served(turns, request, "chat", silent);
        expect(shape(sequence)).toEqual(shape(await embedded(turns, request)));
      }),
      { numRuns: 60 },
    );
  });

  it("environment tokens are masked out as those of the embedded engine", async () => {
    const turns = ["<think> <search> flu </search>", " rest </think>"];
    const request = requestOf(200);
    const trajectory = (sequence: SampledSequence) => ({
      promptTokens: [...request.prompt],
      segments: sequence.segments.map((one) => ({
        ...one,
        tokens: [...one.tokens],
        logProbabilities: one.origin === "policy" ? one.tokens.map(() => 0) : [],
      })),
    });
    const { sequence } = await served(turns, request, "vllm", { stops: true, keeps: true, names: null, ids: true });
    const mask = trainingSequence(trajectory(sequence), 1).lossMask;
    expect(mask).toEqual(trainingSequence(trajectory(await embedded(turns, request)), 1).lossMask);
    expect(new Set(mask)).toEqual(new Set([0, 1]));
  });
});

describe("a request", () => {
  it("sends ids and all that came before where the server takes them", async () => {
    const turns = ["<search> flu </search>", " rest"];
    const {
      bodies,
      sequence,
      served: counts,
    } = await served(turns, requestOf(200), "vllm", {
      stops: true,
      keeps: true,
      names: "stop_reason",
      ids: true,
    });
    const before = sequence.segments.slice(0, 2).flatMap(({ tokens }) => tokens);
    expect(bodies[1]).toMatchObject({
      model: "m",
      prompt: [...requestOf(200).prompt, ...before],
      stop: stopStrings,
      include_stop_str_in_output: true,
      return_token_ids: true,
      max_tokens: 200 - before.length,
    });
    expect(counts).toEqual({ requests: 2, inputTokens: 14, outputTokens: turns.join("").length, refused: 0 });
  });

  it("sends messages where it takes text alone, and an answer of a tool as a user's", async () => {
    const { bodies } = await served(["<search> flu </search>", " rest"], requestOf(200), "chat", silent);
    expect(bodies[1]).toMatchObject({
      messages: [
        ...messages,
        { role: "assistant", content: "<search> flu </search>" },
        { role: "user", content: " <document> 22 </document>" },
      ],
    });
    expect(bodies[1]).not.toHaveProperty("top_k");
  });
});

it("text comes back from the text tokenizer as it was, and a conversation as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const tokenizer = createTextTokenizer();
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }),
    { numRuns: 25 },
  );
  const tokenizer = createTextTokenizer();
  expect(readMessages(tokenizer, tokenizer.encodeChat?.(messages) ?? [])).toEqual(messages);
});
