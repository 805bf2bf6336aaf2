import type { Table } from "@lancedb/lancedb";
import { bandLevels, levelWeight } from "../domain/evidenceScale.ts";
import type { EvidenceScale } from "../domain/evidenceScale.ts";
import type { Passage, RankedPassage } from "../domain/passage.ts";
import { hybridCandidates, textCandidates } from "./candidates.ts";
import type { Reranker } from "./embedding/crossEncoder.ts";
import { filterCondition } from "./filter.ts";
import type { SearchFilter } from "./filter.ts";
import { byScore, fuseRanks } from "./fusion.ts";
import type { CorpusManifest } from "./manifest.ts";
import type { PassageRows } from "./passageRows.ts";
import { parseQuery } from "./query.ts";
import { askedText } from "./segmentation.ts";

/** Depth to which full text and vectors are fused, and reranked. */
const fusedCandidates = 50;

/** One search with everything it may ask. */
export interface SearchRequest {
  readonly query: string;
  readonly topN: number;
  /** The query's vector; full text and vectors are then fused. Needs a corpus with vectors. */
  readonly vector?: Float32Array;
  readonly filter?: SearchFilter;
  /** How much a high level counts beside relevance: scores are multiplied by 1 + this · the level's weight. 0 when left out. */
  readonly preferEvidence?: number;
  /** Reads the first candidates together with the query and ranks them anew; off when left out. */
  readonly reranker?: Pick<Reranker, "scores">;
}

/** Searches, and reranks the fused candidates where a reranker is given. */
export async function findPassages(
  table: Table,
  rows: PassageRows,
  manifest: CorpusManifest,
  request: SearchRequest,
): Promise<readonly RankedPassage[]> {
  const { query, topN, reranker, preferEvidence = 0, ...search } = request;
  if (reranker === undefined) return retrieve(table, rows, manifest, request);
  const found = await retrieve(table, rows, manifest, { ...search, query, topN: Math.max(topN, fusedCandidates) });
  const scores = await reranker.scores(
    parseQuery(query, manifest.settings).text,
    found.map(({ passage }) => `${passage.title}\n${passage.text}`),
  );
  // Between 0 and 1, so that a preference for evidence has the same sense as before.
  const ranked = found.map(({ passage }, index) => ({ passage, score: 1 / (1 + Math.exp(-(scores[index] ?? 0))) }));
  return preferring(preferEvidence, manifest.settings.scale, inOrder(ranked)).slice(0, topN);
}

async function retrieve(
  table: Table,
  rows: PassageRows,
  { settings, vectors }: CorpusManifest,
  request: SearchRequest,
): Promise<readonly RankedPassage[]> {
  const { query, topN, vector, filter = {}, preferEvidence = 0 } = request;
  const { text: asked, band } = parseQuery(query, settings);
  const text = askedText(asked, settings);
  const condition = filterCondition(filter, band === null ? null : bandLevels(settings.scale, band));
  const depth = vector === undefined && preferEvidence === 0 ? topN : Math.max(topN, fusedCandidates);
  if (vector === undefined) {
    const found = await textCandidates(table, rows, text, depth, condition);
    return preferring(
      preferEvidence,
      settings.scale,
      found.map(({ passage, score }) => ({ passage, score })),
    ).slice(0, topN);
  }
  if (vectors === null) throw new Error("this corpus has no vectors; index it with an embedder");
  const lists = await hybridCandidates(table, rows, { text, vector, depth, condition, probes: vectors.probes });
  const fused = fuseRanks(lists.map((list) => list.map(String)));
  // Equal scores are told apart by passage id, so all that share the last place's score are read.
  const last = preferEvidence === 0 ? (fused[topN - 1]?.score ?? 0) : 0;
  const candidates = fused.filter(({ score }) => score >= last);
  const passages = await rows.read(candidates.map(({ id }) => BigInt(id)));
  const ranked = candidates.flatMap(({ id, score }) => {
    const passage = passages.get(BigInt(id));
    return passage === undefined ? [] : [{ passage, score }];
  });
  return preferring(preferEvidence, settings.scale, inOrder(ranked)).slice(0, topN);
}

function inOrder(ranked: readonly RankedPassage[]): readonly RankedPassage[] {
  return ranked.toSorted((a, b) => byScore({ id: a.passage.id, score: a.score }, { id: b.passage.id, score: b.score }));
}

/** Reranks by the passages' levels of evidence; an unknown level raises nothing. */
function preferring(weight: number, scale: EvidenceScale, ranked: readonly RankedPassage[]): readonly RankedPassage[] {
  if (weight === 0) return ranked;
  return inOrder(
    ranked.map(({ passage, score }) => ({ passage, score: score * (1 + weight * knownWeight(scale, passage)) })),
  );
}

function knownWeight(scale: EvidenceScale, { evidenceLevel }: Passage): number {
  return evidenceLevel === null ? 0 : levelWeight(scale, evidenceLevel);
}
