import { medicalScale } from "../tasks/medical/evidenceScale.ts";

/** The relations of the world's knowledge graph, as they stand in sentences: "head relation tail .". */
export const relations = [
  "suggests",
  "mechanism",
  "first",
  "second",
  "avoid",
  "safe",
  "epidemiology",
  "prevalence",
] as const;
export type Relation = (typeof relations)[number];

/** True for a word that names a relation. */
export function isRelation(word: string): word is Relation {
  return (relations as readonly string[]).includes(word);
}

/** Every word of the world's language that is not an invented name; the order fixes token ids. */
export const protocolWords: readonly string[] = [
  "<pad>",
  "<eos>",
  "<unk>",
  "<question>",
  "</question>",
  "<think>",
  "</think>",
  "<search>",
  "</search>",
  "<document>",
  "</document>",
  "<answer>",
  "</answer>",
  ".",
  "|",
  "?",
  "with",
  "none",
  "failed",
  "treatment",
  "high",
  "mid",
  "low",
  ...relations,
  ...medicalScale.levels.map(({ name }) => name),
];
