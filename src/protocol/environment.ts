import type { RunConfiguration } from "../configuration/configuration.ts";
import type { RankedPassage, PassageSearch } from "../domain/passage.ts";
import type { SearchCall } from "../domain/trajectory.ts";
import type { Continuation, Environment, StoppedTurn, Tokenizer } from "../policy/port.ts";
import { createTokenCutter, renderDocumentBlock } from "./documentBlock.ts";
import type { SearchOutcome } from "./documentBlock.ts";
import { findMalformedSearch } from "./malformedSearch.ts";
import { findTags } from "./tags.ts";

/** Where generation pauses: a finished search, and document tags, which only the environment may write. */
export const stopStrings: readonly string[] = ["</search>", "<document>", "</document>"];

export interface SearchEnvironmentOptions {
  readonly search: PassageSearch;
  readonly tokenizer: Tokenizer;
  readonly limits: Pick<RunConfiguration["rollout"], "maxSearches" | "passagesPerSearch" | "maxPassageTokens">;
}

/** Answers searches, and keeps a record of them. One serves one call of `Sampler.sample`. */
export interface SearchEnvironment extends Environment {
  /** What a request asked for and got, in order. */
  searchesOf(request: number): readonly SearchCall[];
}

/** A stopped turn as the environment understands it. */
interface Inquiry {
  readonly request: number;
  readonly query: string;
  readonly status: "open" | "malformed" | "over-limit";
}

/** The search environment of METHOD §2: a document block answers each search; malformed or too many searches end the trajectory. */
export function createSearchEnvironment({ search, tokenizer, limits }: SearchEnvironmentOptions): SearchEnvironment {
  const calls = new Map<number, SearchCall[]>();
  const cut = createTokenCutter(tokenizer, limits.maxPassageTokens);
  const callsOf = (request: number): SearchCall[] => calls.get(request) ?? calls.set(request, []).get(request) ?? [];
  const read = (turn: StoppedTurn): Inquiry => {
    const query = readQuery(turn);
    const status =
      query === null ? "malformed" : callsOf(turn.request).length >= limits.maxSearches ? "over-limit" : "open";
    return { request: turn.request, query: query ?? "", status };
  };
  return {
    searchesOf: (request) => calls.get(request) ?? [],
    respond: async (stopped) => {
      const inquiries = stopped.map(read);
      const queries = inquiries.filter((inquiry) => inquiry.status === "open").map((inquiry) => inquiry.query);
      const outcomes = (await searchAll(search, queries, limits.passagesPerSearch)).values();
      return inquiries.map(({ request, query, status }): Continuation => {
        if (status !== "open") {
          callsOf(request).push({ query, passageIds: [], status });
          return { kind: "end", reason: status === "malformed" ? "malformed-search" : "search-limit" };
        }
        const outcome = outcomes.next().value ?? { status: "failed" as const };
        callsOf(request).push({
          query,
          passageIds: outcome.status === "found" ? outcome.passages.map((passage) => passage.id) : [],
          status: outcome.status,
        });
        return { kind: "continue", tokens: tokenizer.encode(` ${renderDocumentBlock(outcome, search.scale, cut)}`) };
      });
    },
  };
}

/** The query of a turn that stopped at the end of a search; null when the search is malformed. */
function readQuery({ text, stopString }: StoppedTurn): string | null {
  const tags = findTags(text);
  if (stopString !== "</search>" || findMalformedSearch(text, tags) !== null) return null;
  const close = tags.findLast((tag) => tag.name === "search" && tag.kind === "close");
  const open = tags.findLast((tag) => tag.name === "search" && tag.kind === "open");
  return close === undefined || open === undefined ? null : text.slice(open.end, close.start).trim();
}

/** Searches for all queries at once; when that fails, one by one, so that a single bad query harms only itself. */
async function searchAll(search: PassageSearch, queries: readonly string[], topN: number): Promise<SearchOutcome[]> {
  if (queries.length === 0) return [];
  try {
    return (await search.search(queries, topN)).map(toOutcome);
  } catch {
    if (queries.length === 1) return [{ status: "failed" }];
    return (await Promise.all(queries.map((query) => searchAll(search, [query], topN)))).flat();
  }
}

function toOutcome(ranked: readonly RankedPassage[]): SearchOutcome {
  return ranked.length === 0
    ? { status: "nothing-found" }
    : { status: "found", passages: ranked.map(({ passage }) => passage) };
}
