import { z } from "zod";

/**
 * One edge of a knowledge graph: head –relation→ tail.
 * `retrieved` says whether a retrieved passage states it (null: not known).
 * METHOD §3: triples are (head, relation, tail, was it retrieved).
 */
export const Triple = z.object({
  head: z.string().min(1),
  relation: z.string().min(1),
  tail: z.string().min(1),
  retrieved: z.boolean().nullable().default(null),
});
export type Triple = z.infer<typeof Triple>;

/** Turns text into triples. Returns null when extraction failed (not scored), an empty array when the text states nothing. */
export interface TripleExtractor {
  readonly name: string;
  extract(text: string): readonly Triple[] | null;
}
