import { isDeepStrictEqual } from "node:util";
import { randomStream, type RandomStream } from "../src/domain/seed.ts";
import { countTokens, type Segment } from "../src/domain/trajectory.ts";
import { parseResponse as parseWith } from "../src/protocol/grammar.ts";
import { searchProtocol } from "../src/environments/search/searchTags.ts";
import { trainingSequence } from "../src/protocol/lossMask.ts";
import type { Figure } from "./harness.ts";

const count = 100_000;

const parseResponse = (text: string) => parseWith(text, searchProtocol);

/** A response whose parts are cut at the environment's turns. */
type Parts = readonly { readonly origin: Segment["origin"]; readonly text: string }[];

const wellFormed: Parts = [
  { origin: "policy", text: "<think> fever suggests flu . <search> flu drug high </search>" },
  { origin: "environment", text: "<document> guideline flu first rest | low flu first tea </document>" },
  { origin: "policy", text: "flu first rest . <search> rest asthma </search>" },
  { origin: "environment", text: "<document> none </document>" },
  { origin: "policy", text: "so rest </think> <answer> rest </answer>" },
];

const fragments = [
  "<think>",
  "</think>",
  "<search>",
  "</search>",
  "<document>",
  "</document>",
  "<answer>",
  "</answer>",
  "<",
  "</",
  ">",
  "<thi",
  "nk>",
  "",
  "\n",
  "\u0000",
  "\ud800",
  "休息",
  "<THINK>",
  "</ answer>",
  "<eos>",
];

/** Mutated trajectories: does the parser ever fail, change its mind, or the mask ever cover a token that is not the policy's? */
export async function* bench(): AsyncGenerator<Figure> {
  let exceptions = 0;
  let unstable = 0;
  let maskErrors = 0;
  let valid = 0;
  let seconds = 0;
  for (let index = 0; index < count; index++) {
    const parts = mutate(wellFormed, randomStream(["bench", "parse", index]));
    const text = parts.map((part) => part.text).join(" ");
    try {
      const start = performance.now();
      const parsed = parseResponse(text);
      seconds += (performance.now() - start) / 1000;
      if (parsed.formatValid) valid++;
      if (!isDeepStrictEqual(parsed, parseResponse(text)) || !sameVerdict(text)) unstable++;
    } catch (error) {
      exceptions++;
      process.stderr.write(`${JSON.stringify(text)}: ${String(error)}\n`);
    }
    if (!maskIsRight(parts)) maskErrors++;
  }
  yield { name: "parse/exceptions", value: exceptions, unit: "trajectories", n: count };
  yield { name: "parse/unstable-verdicts", value: unstable, unit: "trajectories", n: count };
  yield { name: "parse/mask-errors", value: maskErrors, unit: "trajectories", n: count };
  yield { name: "parse/well-formed", value: valid / count, unit: "share", n: count };
  yield { name: "parse/speed", value: count / seconds, unit: "trajectories/s", n: count };
}

/** One to six edits of words: deleted, repeated, replaced, cut in two, exchanged. */
function mutate(parts: Parts, random: RandomStream): Parts {
  const mutated = parts.map((part) => ({ ...part, words: part.text.split(" ") }));
  for (let edits = random.integer(6); edits >= 0; edits--) {
    const { words } = random.choice(mutated);
    const place = random.integer(words.length + 1);
    const word = words[place] ?? "";
    const edit = random.integer(5);
    if (edit === 0) words.splice(place, 1);
    else if (edit === 1) words.splice(place, 0, word);
    else if (edit === 2) words.splice(place, 1, random.choice(fragments));
    else if (edit === 3) words.splice(place, 1, word.slice(0, word.length >> 1), word.slice(word.length >> 1));
    else words.splice(place, 2, words[place + 1] ?? "", word);
  }
  return mutated.map(({ origin, words }) => ({ origin, text: words.join(" ") }));
}

/** Blanks around tags change nothing. */
function sameVerdict(text: string): boolean {
  const spaced = text.replace(/<\/?(?:think|search|document|answer)>/g, "\n $& \t");
  const [one, other] = [parseResponse(text), parseResponse(spaced)];
  return (
    one.formatValid === other.formatValid &&
    isDeepStrictEqual(one.malformedCall, other.malformedCall) &&
    one.formatScore === other.formatScore
  );
}

function maskIsRight(parts: Parts): boolean {
  const segments = parts.map(({ origin, text }): Segment => {
    const tokens = text.split(" ").map((word) => word.length);
    return { origin, tokens, logProbabilities: origin === "policy" ? tokens.map(() => -1) : [] };
  });
  const { lossMask, tokens } = trainingSequence({ promptTokens: [1, 2, 3], segments }, 1);
  return (
    lossMask.length === tokens.length &&
    lossMask.reduce((sum, one) => sum + one, 0) === countTokens({ segments }, "policy")
  );
}
