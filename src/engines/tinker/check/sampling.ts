import type { Sample } from "../api.ts";
import type { Datum } from "../datum.ts";
import type { Finding } from "./finding.ts";
import { probeTokens, type Scratch } from "./scratch.ts";

/** What a check knows of the model's tokenizer. */
export interface CheckTokenizer {
  readonly decode: (tokens: readonly number[]) => string;
  /** Tokens that end a response. */
  readonly endOfTextIds: ReadonlySet<number>;
}

/** Draws from freshly saved weights. */
export type Draw = (changes: {
  readonly seed: number;
  readonly samples?: number;
  readonly maxTokens?: number;
  readonly stop?: readonly number[] | readonly string[];
}) => Promise<readonly Sample[]>;

export const prompt = probeTokens.slice(0, 4);

/** Saves weights under a name and draws from them alone. */
export async function openDraw({ client, model, next, nextSampler }: Scratch, name: string): Promise<Draw> {
  const uri = await client.saveForSampling(model, name, { sequence: next() });
  const samplingSessionId = await client.openSampler(model.sessionId, uri, nextSampler());
  let sequence = 0;
  return ({ seed, samples = 1, maxTokens = 8, stop = [] }) =>
    client.sample(
      { samplingSessionId },
      prompt,
      { samples, maxTokens, temperature: 1, topP: 1, topK: 0, seed, stop },
      { sequence: ++sequence },
    );
}

/** What was drawn behind a prompt, to be judged again: its tokens' log-probabilities begin at the prompt's last place. */
export function drawnDatum(prompt: readonly number[], sample: Pick<Sample, "tokens"> | undefined): Datum {
  const tokens = [...prompt, ...(sample?.tokens ?? [])];
  return { inputs: tokens.slice(0, -1), targets: tokens.slice(1) };
}

/** Seeds, stop tokens, stop strings and end tokens. */
export async function probeSampling(draw: Draw, tokenizer: CheckTokenizer | null): Promise<Finding[]> {
  const [first] = await draw({ seed: 11 });
  const [again] = await draw({ seed: 11 });
  const [other] = await draw({ seed: 12 });
  const [, second] = await draw({ seed: 11, samples: 2 });
  const isSame = equal(first, again);
  const seeds: Finding = {
    probe: "seeds",
    found: isSame
      ? `repeat a sample${equal(first, other) ? ", and so do other seeds" : ""}; the second of a request ${equal(second, other) ? "has seed + 1" : "has a seed of its own"}`
      : "do not repeat a sample",
    ...(isSame && equal(first, other) && { problem: "its samples do not depend on the seed" }),
    ...(!isSame && { note: "evaluations of one checkpoint will differ by chance" }),
  };
  if (!isSame || first === undefined) {
    const note = "seeds do not repeat a sample";
    return [seeds, { probe: "stop tokens", found: null, note }, { probe: "stop strings", found: null, note }];
  }
  return [
    seeds,
    await probeStopTokens(draw, first),
    await probeStopStrings(draw, first, tokenizer),
    await probeEnd(draw, tokenizer),
  ];
}

async function probeStopTokens(draw: Draw, first: Sample): Promise<Finding> {
  const probe = "stop tokens";
  const place = first.tokens.findIndex((token, index) => index >= 2 && !first.tokens.slice(0, index).includes(token));
  const stop = first.tokens[place];
  if (stop === undefined) return { probe, found: null, note: "no token of the sample is its first" };
  const [stopped] = await draw({ seed: 11, stop: [stop] });
  const length = stopped?.tokens.length ?? 0;
  if (length === place + 1) return { probe, found: "included" };
  if (length === place) return { probe, found: "cut off" };
  return { probe, found: `ignored (${length} tokens)`, problem: "it does not stop at a stop token" };
}

async function probeStopStrings(draw: Draw, first: Sample, tokenizer: CheckTokenizer | null): Promise<Finding> {
  const probe = "stop strings";
  if (tokenizer === null) return { probe, found: null, note: "needs the model's tokenizer (--tokenizer DIR)" };
  const texts = first.tokens.map((_, index) => tokenizer.decode(first.tokens.slice(0, index + 1)));
  const place = texts.findIndex((text, index) => {
    const own = text.slice(texts[index - 1]?.length ?? 0).trim();
    return index >= 2 && own !== "" && !(texts[index - 1] ?? "").includes(own);
  });
  const stop = (texts[place] ?? "").slice(texts[place - 1]?.length ?? 0).trim();
  if (place < 0 || stop === "") return { probe, found: null, note: "the sample has no word of its own to stop at" };
  const [stopped] = await draw({ seed: 11, stop: [stop] });
  const length = stopped?.tokens.length ?? 0;
  if (length !== place + 1 && length !== place)
    return { probe, found: `ignored (${length} tokens)`, problem: "it does not stop at a stop string" };
  const found = length === place + 1 ? "included" : "cut";
  return { probe, found: found === "cut" ? "cut off" : found, fits: ({ stopStrings }) => stopStrings === found };
}

/** Ends without being asked to where an end token is last and never inside. */
async function probeEnd(draw: Draw, tokenizer: CheckTokenizer | null): Promise<Finding> {
  const probe = "end token";
  if (tokenizer === null) return { probe, found: null, note: "needs the model's tokenizer (--tokenizer DIR)" };
  const isEnd = (token: number): boolean => tokenizer.endOfTextIds.has(token);
  const samples = await draw({ seed: 21, samples: 8, maxTokens: 32 });
  const goesOn = samples.some(({ tokens }) => tokens.slice(0, -1).some(isEnd));
  const ends = samples.some(({ tokens, stopReason }) => stopReason === "stop" && tokens.length < 32);
  if (!goesOn && !ends) return { probe, found: null, note: "none was sampled" };
  const endsByItself = !goesOn;
  return {
    probe,
    found: endsByItself ? "ends a sample by itself" : "ends a sample only where it is a stop token",
    fits: (dialect) => dialect.endsByItself === endsByItself,
  };
}

function equal(a: Sample | undefined, b: Sample | undefined): boolean {
  return a !== undefined && b !== undefined && a.tokens.join() === b.tokens.join();
}
