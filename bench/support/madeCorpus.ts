import type { Passage } from "../../src/domain/passage.ts";
import { randomStream, type RandomStream } from "../../src/domain/seed.ts";

const vocabularySize = 20_000;
const topics = 400;
const topicWords = 60;

/** A made-up corpus of any size: words fall off as in prose, passages of one topic share words and lie near each other. */
export interface MadeCorpus {
  /** The passage of an index, with its unit vector when dimensions are wanted. */
  passage(index: number): Passage;
  vector(index: number): Float32Array;
  /** A question about some passage's topic, with its vector. */
  query(index: number): { readonly text: string; readonly vector: Float32Array };
}

export function madeCorpus(dimensions: number): MadeCorpus {
  const centres = Array.from({ length: topics }, (_, topic) =>
    normals(randomStream(["made", "centre", topic]), dimensions),
  );
  const wordsOf = Array.from({ length: topics }, (_, topic) => {
    const random = randomStream(["made", "topic", topic]);
    return Array.from({ length: topicWords }, () => wordAt(random.integer(vocabularySize)));
  });
  const topicOf = (kind: string, index: number): number => randomStream(["made", kind, index]).integer(topics);
  const text = (kind: string, index: number, length: number): string => {
    const random = randomStream(["made", kind, "text", index]);
    const words = wordsOf[topicOf(kind, index)] ?? [];
    return Array.from({ length }, () =>
      random.uniform() < 0.4 ? random.choice(words) : wordAt(Math.floor(vocabularySize ** random.uniform()) - 1),
    ).join(" ");
  };
  const vector = (kind: string, index: number): Float32Array => {
    const centre = centres[topicOf(kind, index)] ?? new Float32Array(dimensions);
    const own = normals(randomStream(["made", kind, "vector", index]), dimensions);
    return unit(centre.map((value, i) => value + 0.8 * (own[i] ?? 0)));
  };
  return {
    passage: (index) => ({
      id: `made-${index}`,
      title: `Passage ${index}`,
      text: text("passage", index, 60),
      source: "made",
      section: null,
      year: 1980 + (index % 40),
      evidenceLevel: 1 + (index % 9),
    }),
    vector: (index) => vector("passage", index),
    query: (index) => ({ text: text("query", index, 8), vector: vector("query", index) }),
  };
}

function wordAt(rank: number): string {
  const syllables = ["ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu"];
  let word = "";
  for (let left = rank + 15; left > 0; left = Math.floor(left / syllables.length))
    word += syllables[left % syllables.length] ?? "";
  return `${word}x`;
}

function normals(random: RandomStream, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
