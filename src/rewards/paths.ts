import type { KnowledgeGraph } from "./knowledgeGraph.ts";

/** Paths that one graph may have before longer ones are left out: dense and cyclic graphs have factorially many. */
export const pathBound = 10_000;

/** How far two graphs' paths agree. */
export interface PathAgreement {
  /** Jaccard index of the two sets of paths, 0–1. */
  readonly jaccard: number;
  /** Longest path counted, in edges; null when all paths were. */
  readonly hopLimit: number | null;
}

/** The part of a graph that paths are counted in. */
type Walkable = Pick<KnowledgeGraph, "successors" | "roots">;

/**
 * Jaccard index of the sets of all paths (one edge or more, no node twice) from root nodes of two graphs; a path is its
 * nodes and relations. Two empty sets agree fully, docs/method.md#rewards. When either graph has more than `bound` paths, only those
 * of at most h edges count in both, h being the largest that keeps both within the bound (at least 1).
 * The paths themselves are never built: those in common are exactly the paths of the edges in common from the roots in
 * common.
 */
export function comparePaths(a: KnowledgeGraph, b: KnowledgeGraph, bound: number = pathBound): PathAgreement {
  const common = intersect(a, b);
  const complete = [countAllPaths(a, bound), countAllPaths(b, bound)] as const;
  if (Math.max(...complete) <= bound)
    return { jaccard: jaccardOfCounts(...complete, countPaths(common, Infinity, bound)), hopLimit: null };
  const hopLimit = largestWithin(a, b, bound);
  const [pathsOfA, pathsOfB, shared] = [a, b, common].map((graph) => countPaths(graph, hopLimit, Infinity)) as [
    number,
    number,
    number,
  ];
  return { jaccard: jaccardOfCounts(pathsOfA, pathsOfB, shared), hopLimit };
}

function jaccardOfCounts(a: number, b: number, shared: number): number {
  const union = a + b - shared;
  return union === 0 ? 1 : shared / union;
}

function largestWithin(a: KnowledgeGraph, b: KnowledgeGraph, bound: number): number {
  let hops = 1;
  while (countPaths(a, hops + 1, bound) <= bound && countPaths(b, hops + 1, bound) <= bound) hops++;
  return hops;
}

/** Of each graph the number of all its paths, with the bound it was counted to: graphs are compared many times. */
const counted = new WeakMap<KnowledgeGraph, { readonly bound: number; readonly count: number }>();

function countAllPaths(graph: KnowledgeGraph, bound: number): number {
  const known = counted.get(graph);
  if (known?.bound === bound) return known.count;
  const count = countPaths(graph, Infinity, bound);
  counted.set(graph, { bound, count });
  return count;
}

/** Nodes on the path that is walked; all 0 between walks, so that one array serves all graphs. */
let visited = new Uint8Array(64);

/** Number of paths of at most `maximumHops` edges; stops above `bound`. */
function countPaths({ successors, roots }: Walkable, maximumHops: number, bound: number): number {
  if (roots.size === 0) return 0;
  if (visited.length < successors.length) visited = new Uint8Array(2 * successors.length);
  let count = 0;
  const walk = (node: number, hopsLeft: number): void => {
    visited[node] = 1;
    for (const next of successors[node] ?? []) {
      if (visited[next] === 1) continue;
      count++;
      if (count > bound) break;
      if (hopsLeft > 1) walk(next, hopsLeft - 1);
    }
    visited[node] = 0;
  };
  for (const root of roots.values()) walk(root, maximumHops);
  return count;
}

/** The edges of `a` that `b` has too, and the roots that are roots of both. */
function intersect(a: KnowledgeGraph, b: KnowledgeGraph): Walkable {
  const roots = new Map<string, number>();
  for (const [entity, node] of a.roots) if (b.roots.has(entity)) roots.set(entity, node);
  if (roots.size === 0) return { successors: [], roots };
  const successors: number[][] = a.successors.map(() => []);
  for (const [key, { head, tail }] of a.edges) if (b.edges.has(key)) successors[head]?.push(tail);
  return { successors, roots };
}
