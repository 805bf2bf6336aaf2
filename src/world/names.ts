import type { RandomStream } from "../domain/seed.ts";
import { protocolWords } from "./vocabulary.ts";

/**
 * Endings tell the kinds apart for a human reader. None is touched by English stemming, so that a full-text index
 * never merges two names.
 */
const endings = {
  specialty: "urgo",
  finding: "ox",
  disease: "oma",
  mechanism: "kin",
  drug: "vir",
  comorbidity: "ard",
} as const;
export type NameKind = keyof typeof endings;

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
export function createNameMaker(random: RandomStream): (kind: NameKind) => string {
  const taken = new Set<string>(protocolWords);
  return (kind) => {
    for (;;) {
      const name =
        random.choice(onsets) +
        random.choice(vowels) +
        random.choice(codas) +
        random.choice(vowels) +
        random.choice(codas) +
        endings[kind];
      if (taken.has(name)) continue;
      taken.add(name);
      return name;
    }
  };
}
