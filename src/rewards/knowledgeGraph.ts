import { memoizeByObject } from "../caching/memoize.ts";
import type { Triple } from "../domain/triple.ts";

/** A set of triples as a directed graph; nodes are numbered in order of appearance, equal triples count once. */
export interface KnowledgeGraph {
  readonly entities: ReadonlyMap<string, number>;
  /** Keys of the edges, in order. */
  readonly edges: ReadonlyMap<string, Edge>;
  /** For each node, the nodes its edges lead to, one entry per edge. */
  readonly successors: readonly (readonly number[])[];
  /** Nodes that no edge leads to, by entity. */
  readonly roots: ReadonlyMap<string, number>;
}

interface Edge {
  readonly head: number;
  readonly tail: number;
}

type TripleParts = Pick<Triple, "head" | "relation" | "tail">;

/** Identifies what a triple states; whether it was retrieved plays no part. */
export function tripleKey({ head, relation, tail }: TripleParts): string {
  return `${head}\u0000${relation}\u0000${tail}`;
}

/** Keys of a list of triples. Cached: many triples are looked up in the same passage. */
export const statements = memoizeByObject(
  (triples: readonly TripleParts[]): ReadonlySet<string> => new Set(triples.map(tripleKey)),
);

/** Builds a graph of entities and relations from triples. */
export function buildGraph(triples: readonly TripleParts[]): KnowledgeGraph {
  const entities = new Map<string, number>();
  const edges = new Map<string, Edge>();
  const successors: number[][] = [];
  const nodeOf = (entity: string): number => {
    const known = entities.get(entity);
    if (known !== undefined) return known;
    entities.set(entity, successors.length);
    return successors.push([]) - 1;
  };
  const entered = new Set<number>();
  for (const triple of triples) {
    const key = tripleKey(triple);
    if (edges.has(key)) continue;
    const head = nodeOf(triple.head);
    const tail = nodeOf(triple.tail);
    edges.set(key, { head, tail });
    successors[head]?.push(tail);
    entered.add(tail);
  }
  const roots = new Map<string, number>();
  for (const [entity, node] of entities) if (!entered.has(node)) roots.set(entity, node);
  return { entities, edges, successors, roots };
}
