import { z } from "zod";
import { longestText, most } from "../../configuration/bounds.ts";
import { parseQuery, type BandWords } from "../../corpus/query.ts";
import type { EvidenceScale } from "../../domain/evidenceScale.ts";
import type { PassageSearch, RankedPassage } from "../../domain/passage.ts";
import { cutShare, shownLevels, type ShownPassages, type ToolCall } from "../../domain/toolCall.ts";
import type { Environment, EnvironmentPart, MetricsContext, ToolAnswer } from "../environment.ts";
import { createTokenCutter, passageSeparator, showPassages, type ShownBlock } from "./documentBlock.ts";
import { searchTags, searchTool } from "./searchTags.ts";
import { messageOf } from "../../domain/messageOf.ts";

const Settings = z.strictObject({
  /** Searches in one response. */
  maxCalls: z
    .number()
    .int()
    .min(0)
    .max(...most(16, "each answer takes room in the response"))
    .default(4),
  /** Passages that one search shows. */
  passages: z
    .number()
    .int()
    .min(1)
    .max(...most(20, "each takes room in the response"))
    .default(5),
  /** Tokens that one passage may fill. */
  maxPassageTokens: z
    .number()
    .int()
    .min(1)
    .max(...longestText)
    .default(512),
});
type Settings = z.infer<typeof Settings>;

/** Searches of the run's corpus (docs/method.md#trajectory-protocol). */
export const search: EnvironmentPart<Settings> = {
  name: searchTool,
  describe:
    "Searches the run's corpus; a document block shows the passages that were found (docs/method.md#trajectory-protocol).",
  tags: searchTags,
  settings: Settings,
  create: ({ maxCalls, passages, maxPassageTokens }): Environment => ({
    maxCalls,
    maxPassageTokens,
    ...(maxCalls > 0 && { mostPassages: maxCalls * passages }),
    instructions: ({ subject }) =>
      `search the ${subject === undefined ? "" : `${subject} `}literature: write a query between <search> and </search>, and what was found ` +
      "follows between <document> and </document>, which you never write yourself.",
    open: ({ corpus, tokenizer, strip, room }) => {
      const cut = createTokenCutter(tokenizer, Math.min(maxPassageTokens, room?.maxPassageTokens ?? Infinity));
      const topN = Math.min(passages, room?.passages ?? Infinity);
      return async (queries) =>
        (await searchAll(corpus, queries, topN)).map((outcome) =>
          outcome.status === "failed"
            ? { status: "failed", text: "failed", error: outcome.error, payload: shown([]) }
            : answered(showPassages(passagesOf(outcome.found), corpus.scale, cut, strip)),
        );
    },
    demonstrate: (question) => question,
    metrics: (calls, context) => ({ ...cutPassages(calls), ...evidenceShares(calls, context) }),
    lines: (response) => response.split(passageSeparator),
  }),
};

type SearchOutcome =
  | { readonly status: "done"; readonly found: readonly RankedPassage[] }
  | { readonly status: "failed"; readonly error: string };

/** Searches for all queries at once; when that fails, one by one, so that a single bad query harms only itself. */
async function searchAll(corpus: PassageSearch, queries: readonly string[], topN: number): Promise<SearchOutcome[]> {
  try {
    return (await corpus.search(queries, topN)).map((found) => ({ status: "done", found }));
  } catch (error) {
    if (queries.length === 1) return [{ status: "failed", error: messageOf(error) }];
    return (await Promise.all(queries.map((query) => searchAll(corpus, [query], topN)))).flat();
  }
}

function passagesOf(found: readonly RankedPassage[]) {
  return found.map(({ passage }) => passage);
}

function answered({ text, passages }: ShownBlock): ToolAnswer {
  return { status: "answered", text, error: null, payload: shown(passages) };
}

/** What rewards of retrieval read of a search. */
function shown(passages: ShownPassages["passages"]): ToolAnswer["payload"] {
  return { passages } satisfies ShownPassages;
}

/** Share of the passages shown that were longer than they may be; left out where none was shown. */
function cutPassages(calls: readonly ToolCall[]): Record<string, number> {
  const share = cutShare(calls);
  return share === null ? {} : { "search/cut_share": share };
}

/** What was asked and shown of the scale of evidence; left out where nothing was, or the scale is not known. */
function evidenceShares(calls: readonly ToolCall[], { bandWords }: MetricsContext): Record<string, number> {
  if (bandWords === undefined) return {};
  return { ...filterShare(calls, bandWords), ...levelShares(calls, bandWords.scale) };
}

/** Share of searches that ask for a band of evidence. */
function filterShare(calls: readonly ToolCall[], bandWords: BandWords): Record<string, number> {
  if (calls.length === 0) return {};
  const filtered = calls.filter((call) => parseQuery(call.arguments, bandWords).band !== null);
  return { "search/filter_share": filtered.length / calls.length };
}

/** Share of each level among the passages that were shown, a passage as often as it was. */
function levelShares(calls: readonly ToolCall[], { levels }: EvidenceScale): Record<string, number> {
  const shown = shownLevels(calls);
  if (shown.length === 0) return {};
  return Object.fromEntries(
    [...levels.map((_, index) => index + 1), null].map((level) => [
      `search/level/${level ?? "unknown"}`,
      shown.filter((one) => one === level).length / shown.length,
    ]),
  );
}
