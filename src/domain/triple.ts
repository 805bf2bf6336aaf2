import { z } from "zod";

/**
 * One edge of a knowledge graph: head –relation→ tail.
 * `retrieved` says whether a retrieved passage states it (null: not known).
 * docs/method.md#rewards: triples are (head, relation, tail, was it retrieved).
 */
export const Triple = z.object({
  head: z.string().min(1),
  relation: z.string().min(1),
  tail: z.string().min(1),
  retrieved: z.boolean().nullable().default(null),
});
export type Triple = z.infer<typeof Triple>;

/** What an extractor knows of its relations, for telling contradictions. */
export interface RelationSemantics {
  /** Functional relations: a head has at most one tail, so another tail contradicts. */
  readonly functional: readonly string[];
  /** Pairs of relations that exclude each other between the same head and tail. */
  readonly opposites: readonly (readonly [string, string])[];
}

/** Turns text into triples. Returns null when extraction failed (not scored), an empty array when the text states nothing. */
export interface TripleExtractor {
  readonly name: string;
  /** Absent when nothing is known of the relations. */
  readonly semantics?: RelationSemantics;
  extract(text: string): readonly Triple[] | null;
}
