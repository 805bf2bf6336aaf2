import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/rewards/knowledgeGraph.ts";
import { comparePaths } from "../../src/rewards/paths.ts";
import { triples } from "./subjects.ts";

interface Edge {
  readonly head: string;
  readonly relation: string;
  readonly tail: string;
}

/** All paths from roots, written out: what the definition says, however slow. */
function writePaths(edges: readonly Edge[]): Set<string> {
  const entered = new Set(edges.map((edge) => edge.tail));
  const paths = new Set<string>();
  const extend = (path: readonly string[], visited: readonly string[]): void => {
    for (const { head, relation, tail } of edges) {
      if (head !== visited.at(-1) || visited.includes(tail)) continue;
      const longer = [...path, relation, tail];
      paths.add(longer.join("|"));
      extend(longer, [...visited, tail]);
    }
  };
  for (const root of new Set(edges.map((edge) => edge.head))) if (!entered.has(root)) extend([root], [root]);
  return paths;
}

function writtenJaccard(a: readonly Edge[], b: readonly Edge[]): number {
  const [pathsOfA, pathsOfB] = [writePaths(a), writePaths(b)];
  const union = new Set([...pathsOfA, ...pathsOfB]).size;
  return union === 0 ? 1 : [...pathsOfA].filter((path) => pathsOfB.has(path)).length / union;
}

const compare = (a: string, b: string, bound?: number) =>
  comparePaths(buildGraph(triples(a)), buildGraph(triples(b)), bound);

describe("the Jaccard index of paths", () => {
  it("counts every path from a root, its relations included", () => {
    // paths: a→b, a→b→c against a→b, a→b→d
    expect(compare("a r b; b r c", "a r b; b r d")).toEqual({ jaccard: 1 / 3, hopLimit: null });
    expect(compare("a r b", "a s b").jaccard).toBe(0);
    expect(compare("a r b; a r b", "a r b").jaccard).toBe(1);
  });

  it("is 1 for two empty graphs and 0 for one", () => {
    expect(compare("", "").jaccard).toBe(1);
    expect(compare("a r b", "").jaccard).toBe(0);
  });

  it("starts at roots only: a graph that is one cycle has no path", () => {
    expect(compare("a r b; b r a", "").jaccard).toBe(1);
    expect(compare("a r b; b r c; c r b", "a r b; b r c").jaccard).toBe(1);
  });

  it("does not count a node that is a root in one graph alone", () => {
    expect(compare("a r b; z r a", "a r b").jaccard).toBe(0);
  });

  const node = fc.constantFrom("a", "b", "c", "d", "e", "é", "薬");
  const edge = fc.record({ head: node, relation: fc.constantFrom("r", "s"), tail: node });
  const edges = fc.array(edge, { maxLength: 9 });

  it("equals what its definition gives on any small graph, cyclic ones included", () => {
    fc.assert(
      fc.property(edges, edges, (a, b) => {
        expect(comparePaths(buildGraph(a), buildGraph(b), Infinity)).toEqual({
          jaccard: writtenJaccard(a, b),
          hopLimit: null,
        });
      }),
      { numRuns: 2000 },
    );
  });

  it("is symmetric, bounded, and 1 of a graph with itself, under any bound", () => {
    fc.assert(
      fc.property(edges, edges, fc.integer({ min: 1, max: 30 }), (a, b, bound) => {
        const there = comparePaths(buildGraph(a), buildGraph(b), bound);
        expect(there).toEqual(comparePaths(buildGraph(b), buildGraph(a), bound));
        expect(there.jaccard).toBeGreaterThanOrEqual(0);
        expect(there.jaccard).toBeLessThanOrEqual(1);
        expect(comparePaths(buildGraph(a), buildGraph(a), bound).jaccard).toBe(1);
      }),
    );
  });

  it("does not depend on the order in which triples are stated", () => {
    fc.assert(
      fc.property(edges, edges, fc.integer({ min: 1, max: 30 }), (a, b, bound) => {
        expect(comparePaths(buildGraph(a.toReversed()), buildGraph(b), bound)).toEqual(
          comparePaths(buildGraph(a), buildGraph(b), bound),
        );
      }),
    );
  });

  it("ends soon on a dense graph, with shorter paths alone, and says so", () => {
    const names = Array.from({ length: 14 }, (_, index) => `n${index}`);
    const dense = [
      { head: "root", relation: "r", tail: "n0" },
      ...names.flatMap((head) => names.filter((tail) => tail !== head).map((tail) => ({ head, relation: "r", tail }))),
    ];
    const graph = buildGraph(dense);
    expect(comparePaths(graph, graph)).toEqual({ jaccard: 1, hopLimit: 4 });
    expect(comparePaths(graph, buildGraph(dense.slice(0, 14))).jaccard).toBeLessThan(0.01);
  });
});
