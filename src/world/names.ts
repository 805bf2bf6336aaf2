import type { RandomStream } from "../domain/seed.ts";
import type { Domain, NameKind } from "./domain.ts";
import { protocolWords } from "./vocabulary.ts";

const onsets = [
  "b",
  "d",
  "f",
  "g",
  "k",
  "l",
  "m",
  "n",
  "p",
  "r",
  "s",
  "t",
  "v",
  "z",
  "br",
  "dr",
  "fl",
  "gr",
  "kl",
  "pr",
  "tr",
];
const vowels = ["a", "e", "i", "o", "u"];
const codas = ["b", "d", "f", "g", "l", "m", "n", "p", "r", "t", "v", "z"];

/** Makes pronounceable names of lower-case letters, none twice and none a protocol word. */
export function createNameMaker(domain: Domain, random: RandomStream): (kind: NameKind) => string {
  const taken = new Set<string>(protocolWords(domain));
  return (kind) => {
    for (;;) {
      const name =
        random.choice(onsets) +
        random.choice(vowels) +
        random.choice(codas) +
        random.choice(vowels) +
        random.choice(codas) +
        domain.endings[kind];
      if (taken.has(name)) continue;
      taken.add(name);
      return name;
    }
  };
}
