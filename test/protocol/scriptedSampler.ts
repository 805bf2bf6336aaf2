import type { SampledSequence, Sampler, SampleRequest, Tokenizer } from "../../src/policy/port.ts";
import type { Segment } from "../../src/domain/trajectory.ts";

/** A tokenizer that gives every word it meets a number; words stand between blanks. */
export function createWordTokenizer(): Tokenizer {
  const words = ["<eos>"];
  return {
    get vocabularySize() {
      return words.length;
    },
    endOfTextId: 0,
    endOfTextIds: new Set([0]),
    beginning: [],
    unknownId: null,
    renderChat: null,
    encodeChat: null,
    encode: (text) =>
      text
        .split(/\s+/)
        .filter((word) => word !== "")
        .map((word) => {
          if (!words.includes(word)) words.push(word);
          return words.indexOf(word);
        }),
    decode: (tokens) => tokens.map((token) => words[token] ?? "?").join(" "),
  };
}

/** A sampler that plays a script per request: the policy's words, turn by turn, until the environment ends it. */
export function createScriptedSampler(
  scripts: readonly (readonly string[])[],
  tokenizer: Tokenizer = createWordTokenizer(),
): Sampler & { readonly requests: SampleRequest[] } {
  const asked: SampleRequest[] = [];
  return {
    tokenizer,
    requests: asked,
    sample: async (requests, environment) => {
      asked.push(...requests);
      const plays = requests.map((_, request) => ({
        request,
        turns: [...(scripts[request] ?? [])],
        segments: [] as Segment[],
        stopReason: null as SampledSequence["stopReason"] | null,
      }));
      for (let turn = 0; plays.some((play) => play.stopReason === null); turn++) {
        const stopped = plays
          .filter((play) => play.stopReason === null)
          .flatMap((play) => {
            const text = play.turns.shift() ?? "";
            const tokens = tokenizer.encode(text);
            play.segments.push({ origin: "policy", tokens, logProbabilities: tokens.map(() => -0.5) });
            const stopString = requests[play.request]?.stopStrings.find((stop) => text.endsWith(stop));
            if (stopString === undefined) play.stopReason = text.endsWith("<eos>") ? "end" : "length";
            return stopString === undefined ? [] : [{ request: play.request, turn, text, stopString }];
          });
        const continuations = stopped.length === 0 ? [] : await environment.respond(stopped);
        for (const [index, { request }] of stopped.entries()) {
          const play = plays[request];
          const continuation = continuations[index];
          if (play === undefined || continuation === undefined)
            throw new Error("the environment left a stopped turn unanswered");
          if (continuation.kind === "end") play.stopReason = continuation.reason;
          else play.segments.push({ origin: "environment", tokens: [...continuation.tokens], logProbabilities: [] });
        }
      }
      return plays.map(({ segments, stopReason }) => ({ segments, stopReason: stopReason ?? "end" }));
    },
  };
}
