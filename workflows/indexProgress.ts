import { setCurrentDetails } from "@temporalio/workflow";
import type { PlannedIndex } from "../activities/corpus.ts";
import type { Usage } from "../src/services/languageModel.ts";
import { markdownText } from "../src/output/markdown.ts";

/** How far the indexing of files is; carried into the next history. */
export interface IndexProgress extends PlannedIndex {
  /** Shards begun; those before it are prepared when a history ends. */
  readonly prepared: number;
  readonly committed: number;
  readonly records: number;
  readonly rejects: number;
  readonly passages: number;
  /** What the language model that grades was asked so far; null or left out without one. */
  readonly grading?: Usage | null;
}

/** Both together; null where neither was graded. Receipts of the first versions say nothing of it. */
export function addUsage(one: Usage | null | undefined, other: Usage | null | undefined): Usage | null {
  if (!one || !other) return one ?? other ?? null;
  return {
    requests: one.requests + other.requests,
    fromCache: one.fromCache + other.fromCache,
    unusable: one.unusable + other.unusable,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cost: one.cost + other.cost,
  };
}

/** Shows in the Temporal UI how far the indexing is. */
export function showIndexProgress(progress: IndexProgress, phase: string): void {
  const {
    corpus,
    shards,
    prepared,
    committed,
    passages,
    records,
    rejects,
    grading = null,
    passedOver = null,
  } = progress;
  const cells = [`${prepared} of ${shards}`, `${committed} of ${shards}`, passages, records, rejects];
  setCurrentDetails(
    [
      `**${phase}**: ${markdownText(corpus)}`,
      [
        "| shards prepared | taken in | passages | records | rejected |",
        "|---|---|---|---|---|",
        `| ${cells.join(" | ")} |`,
      ].join("\n"),
      ...(passedOver === null ? [] : [`${markdownText(passedOver)}.`]),
      ...(grading === null ? [] : [gradingLine(grading)]),
    ].join("\n\n"),
  );
}

function gradingLine({ requests, fromCache, unusable, inputTokens, outputTokens, cost }: Usage): string {
  return `Levels of evidence by the language model: ${requests} requests, ${fromCache} answers known before, ${unusable} unusable, ${inputTokens} tokens in, ${outputTokens} out, cost ${cost.toFixed(4)}.`;
}
