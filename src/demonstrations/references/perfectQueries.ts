import type { Question } from "../../domain/question.ts";
import { titleKey } from "../../domain/title.ts";
import type { Triple } from "../../domain/triple.ts";
import { unknownWords } from "../../policy/unknownWords.ts";
import type { AskableInputs } from "../sourceInputs.ts";
import { UnfitError } from "../unfit.ts";
import type { SearchTool } from "./searchTool.ts";
import type { PlannedSearch } from "./writeReference.ts";

type SearchInputs = Pick<AskableInputs, "corpus" | "environment" | "policy">;

/**
 * For each gold title the query that shows it with the most trusted passages: the question's, one of the gold fact's words or
 * the title's, these also with the word for the most trusted band, or the reference's; the first of equal ones. One query may show several titles. Throws UnfitError where the data set
 * names no gold titles, no query shows one of them, or they take more searches than a response may make.
 */
export async function perfectQueries(
  question: Question,
  tool: SearchTool,
  inputs: SearchInputs,
): Promise<PlannedSearch[]> {
  const { goldTitles, goldFacts } = question;
  if (goldTitles === null || goldTitles.length === 0)
    throw new UnfitError("row", "the data set names no gold titles for the question: no searches are perfect");
  const planned: PlannedSearch[] = [];
  const shown = new Set<string>();
  for (const [index, title] of goldTitles.entries()) {
    if (shown.has(titleKey(title))) continue;
    // Facts and titles belong together where there are as many of them.
    const fact = goldFacts?.length === goldTitles.length ? (goldFacts[index] ?? null) : null;
    const best = await bestQuery(title, queriesFor(title, fact, question, inputs), tool);
    if (best === null) throw new UnfitError("document", `no query shows the gold title ${JSON.stringify(title)}`);
    for (const one of best.titles) shown.add(one);
    planned.push({ query: best.query, about: fact });
  }
  if (planned.length > tool.maxCalls)
    throw new UnfitError(
      "protocol",
      `its gold titles need ${planned.length} searches, and a response may make ${tool.maxCalls}`,
    );
  return planned;
}

interface Shown {
  readonly query: string;
  /** As titles are compared. */
  readonly titles: readonly string[];
  /** Mean of the passages' levels; a level that is not known counts 0. */
  readonly level: number;
}

/** Returns the query that shows the title with the passages of the highest levels. */
async function bestQuery(title: string, queries: readonly string[], tool: SearchTool): Promise<Shown | null> {
  let best: Shown | null = null;
  for (const query of queries) {
    const { passages } = await tool.ask(query);
    const titles = passages.map((one) => titleKey(one.title));
    const level = passages.reduce((sum, { evidenceLevel }) => sum + (evidenceLevel ?? 0), 0) / passages.length;
    if (titles.includes(titleKey(title)) && level > (best?.level ?? -1)) best = { query, titles, level };
  }
  return best;
}

function queriesFor(
  title: string,
  fact: Pick<Triple, "head" | "relation"> | null,
  { text, references }: Question,
  { corpus, environment, policy: { tokenizer } }: SearchInputs,
): string[] {
  const band = corpus.scale.bands[0]?.word;
  const own = [...(fact === null ? [] : [`${fact.head} ${fact.relation}`]), title.replace(/\s+\d+$/u, ""), title];
  const queries = [
    text,
    ...(band === undefined ? [] : own.map((query) => `${query} ${band}`)),
    ...own,
    references[0]?.reasoning ?? "",
  ];
  return [...new Set(queries.map((query) => environment.tags.strip(query).replace(/\s+/gu, " ").trim()))].filter(
    (query) => query !== "" && unknownWords(query, tokenizer).length === 0,
  );
}
