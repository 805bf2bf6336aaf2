import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { openCorpus } from "../corpus/openCorpus.ts";
import { openCrossEncoder } from "../corpus/embedding/crossEncoder.ts";
import { openEmbedder } from "../corpus/embedding/embedder.ts";
import { SearchFilter } from "../corpus/filter.ts";
import { highlight } from "../corpus/highlight.ts";
import { mayHaveManifest, readManifest } from "../corpus/manifest.ts";
import { corpusUri } from "../corpus/corpusUri.ts";
import { parseQuery } from "../corpus/query.ts";
import { didYouMean } from "../domain/nearest.mjs";
import { levelName } from "../domain/evidenceScale.ts";
import type { EvidenceScale } from "../domain/evidenceScale.ts";
import { titleWithNotice, type RankedPassage } from "../domain/passage.ts";
import { badInput } from "./cliError.ts";
import type { SearchOptions } from "./searchOptions.ts";
import { bold, print } from "../output/terminal.ts";
import { visibleLine } from "../output/visible.ts";

/** Prints the passages that a query finds. */
export async function searchCorpus(options: SearchOptions): Promise<number> {
  const query = options.words[0] ?? "";
  const embedder =
    options.model === undefined ? undefined : await openEmbedder({ folder: resolve(options.model), threads: 2 });
  const reranker = options.reranker === undefined ? undefined : await openCrossEncoder(resolve(options.reranker), 2);
  const corpus = await openCorpus(await placeOf(options), embedder === undefined ? {} : { embedder });
  try {
    checkLevel(options.level, corpus.scale);
    const { text } = parseQuery(query, corpus.manifest.settings);
    const [vector] = embedder === undefined ? [] : await embedder.embedQueries([text]);
    const filter = SearchFilter.parse({ lowestLevel: options.level, fromYear: options.since, sources: options.source });
    const found = await corpus.find({
      query,
      topN: options.top,
      filter,
      preferEvidence: options.preferEvidence,
      ...(vector !== undefined && { vector }),
      ...(reranker !== undefined && { reranker }),
    });
    print(
      found.length === 0
        ? "nothing found"
        : found.map((ranked, index) => show(ranked, corpus.scale, index + 1, text)).join("\n\n"),
    );
    return 0;
  } finally {
    corpus.close();
    await embedder?.close();
    await reranker?.close();
  }
}

/** A level above all that the corpus knows would find nothing, without a word. */
function checkLevel(level: number | undefined, { measure, levels }: EvidenceScale): void {
  if (level === undefined || level <= levels.length) return;
  const names = levels.map(({ name }, index) => `${index + 1} ${name}`).join(", ");
  throw badInput(`--level: a ${measure} of this corpus is from 1 to ${levels.length} (${names}), got ${level}`);
}

/** The corpus that a person named; one that is not there is refused with those beside it. */
async function placeOf({ corpus, root }: SearchOptions): Promise<string> {
  if (corpus === undefined) return onlyCorpus(resolve(root));
  const uri = corpusUri(corpus);
  if ((await readManifest(uri)) !== null) return uri;
  const known = [...(await corporaBelow(dirname(uri))), ...(await corporaBelow(join(resolve(root), ".corpora")))];
  const nearest = didYouMean(
    basename(uri),
    known.map((one) => basename(one)),
  );
  throw badInput(
    `no complete corpus in ${uri}; index it first (npm run index). Known: ${known.join(", ") || "none"}${nearest}`,
  );
}

/** The complete corpora in a folder. */
async function corporaBelow(folder: string): Promise<string[]> {
  const complete: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const place = join(folder, entry.name);
    if (!entry.isDirectory() || !(await mayHaveManifest(place))) continue;
    if ((await readManifest(place).catch(() => null)) !== null) complete.push(place);
  }
  return complete;
}

/** The complete corpus below a storage root, when there is just one. */
async function onlyCorpus(root: string): Promise<string> {
  const below = join(root, ".corpora");
  const complete = await corporaBelow(below);
  const [only] = complete;
  if (only === undefined) throw badInput(`no indexed corpus below ${below}: start a run, or name one with --corpus`);
  if (complete.length > 1)
    throw badInput(`several corpora are indexed; choose one with --corpus:\n${complete.join("\n")}`);
  return only;
}

function show({ passage, score }: RankedPassage, scale: EvidenceScale, rank: number, query: string): string {
  const level =
    passage.evidenceLevel === null
      ? "level not known"
      : `level ${passage.evidenceLevel} (${levelName(scale, passage.evidenceLevel)})`;
  const graded = passage.evidenceReason === undefined ? level : `${level}: ${passage.evidenceReason}`;
  const facts = [
    graded,
    passage.year ?? "year not known",
    passage.source,
    passage.section,
    `score ${score.toPrecision(4)}`,
  ].filter((fact) => fact !== null);
  return `${rank}. ${visibleLine(titleWithNotice(passage))}\n   ${visibleLine(facts.join(" · "))}\n   ${highlight(visibleLine(passage.text), query, bold)}`;
}
