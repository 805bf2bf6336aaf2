import { readEncoderConfig } from "./encoderConfig.ts";
import { openPairSession } from "./encoderSession.ts";
import { openTokenizer } from "./encoderTokenizer.ts";
import { padBatch } from "./tokenBatch.ts";

/** Cross-encoder in the calling thread: computing blocks it. */
export interface PairScorer {
  scores(query: string, passages: readonly string[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Pairs of one run of the model. */
const pairsAtOnce = 16;

/**
 * Opens a BERT with a sequence-classification head of one label from a Hugging Face folder (model.safetensors), such as
 * MedCPT-Cross-Encoder or ms-marco-MiniLM.
 */
export async function openPairScorer(folder: string, threads: number): Promise<PairScorer> {
  const config = await readEncoderConfig(folder);
  const tokenizer = await openTokenizer(folder);
  const session = await openPairSession(folder, config, threads);
  const pairOf = (query: string, passage: string): { ids: number[]; kinds: number[] } => {
    const [first, second] = [tokenizer.encode(query), tokenizer.encode(passage).slice(1)];
    const separator = first.at(-1) ?? config.padTokenId;
    // A long query is cut to half of the room, then the passage to what is left; separators stay.
    const head =
      first.length <= config.maxTokens / 2
        ? first
        : [...first.slice(0, Math.floor(config.maxTokens / 2) - 1), separator];
    const room = config.maxTokens - head.length;
    const tail = second.length <= room ? second : [...second.slice(0, room - 1), separator];
    return { ids: [...head, ...tail], kinds: [...head.map(() => 0), ...tail.map(() => 1)] };
  };
  return {
    scores: async (query, passages) => {
      const scores = new Float32Array(passages.length);
      for (let start = 0; start < passages.length; start += pairsAtOnce) {
        const pairs = passages.slice(start, start + pairsAtOnce).map((passage) => pairOf(query, passage));
        const batch = padBatch(
          pairs.map(({ ids }) => ids),
          config.padTokenId,
        );
        const { ids: kinds } = padBatch(
          pairs.map((pair) => pair.kinds),
          0,
        );
        scores.set(await session.relevance(batch, kinds), start);
      }
      return scores;
    },
    close: () => session.close(),
  };
}
