import type { Triple } from "../../domain/triple.ts";
import { splitSentences } from "../../corpus/sentences.ts";
import { UnfitError } from "../unfit.ts";
import type { SearchTool } from "./searchTool.ts";

/** A search that a demonstration makes. */
export interface PlannedSearch {
  readonly query: string;
  /** The fact that it finds: it stands before the sentence that states it; null for the beginning. */
  readonly about: Pick<Triple, "head" | "tail"> | null;
}

export interface ReferenceParts {
  readonly reasoning: string;
  readonly answer: string;
  readonly searches: readonly PlannedSearch[];
}

/** A response that searches, reasons as the reference does and answers. Throws UnfitError for a reference without reasoning. */
export async function writeReference(
  { reasoning, answer, searches }: ReferenceParts,
  tool: SearchTool | null,
): Promise<string> {
  const thinking = reasoning.replace(/\s+/gu, " ").trim();
  if (thinking === "") throw new UnfitError("row", "the reference has no reasoning");
  const sentences = searches.some(({ about }) => about !== null) ? statementsOf(thinking) : [thinking];
  const before = sentences.map((): string[] => []);
  for (const { query, about } of searches) {
    const at = about === null ? 0 : sentences.findIndex((one) => one.includes(about.head) && one.includes(about.tail));
    const asked = await tool?.ask(query);
    if (asked !== undefined) before[Math.max(at, 0)]?.push(asked.text);
  }
  const thought = sentences.flatMap((sentence, index) => [...(before[index] ?? []), sentence]);
  return `<think> ${thought.join(" ")} </think> <answer> ${answer} </answer>`;
}

/** Sentences, also those of the embedded worlds, whose full stops are words. */
function statementsOf(text: string): string[] {
  return splitSentences(text).flatMap((sentence) => sentence.split(/(?<=\s\.)\s+/u));
}
