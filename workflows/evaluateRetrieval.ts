import { setCurrentDetails, upsertSearchAttributes } from "@temporalio/workflow";
import { z } from "zod";
import { RunName } from "../src/configuration/runName.ts";
import type { MeasuredRetrieval } from "../activities/retrievalEvaluation.ts";
import { searchAttributes } from "../temporal.config.ts";
import { unwrapped } from "./faults.ts";
import { parseInput } from "./input.ts";
import { cpu } from "./proxies.ts";
import { markdownText } from "../src/output/markdown.ts";

const EvaluateRetrievalInput = z.strictObject({ run: RunName });
export type EvaluateRetrievalInput = z.input<typeof EvaluateRetrievalInput>;

/** Measures how well a run's corpus answers its questions' own texts: recall@k, MRR and nDCG with intervals, in `retrieval.html`. */
export async function evaluateRetrieval(input: EvaluateRetrievalInput): Promise<MeasuredRetrieval> {
  const { run } = parseInput(EvaluateRetrievalInput, input);
  upsertSearchAttributes([{ key: searchAttributes.run, value: run }]);
  const measured = await unwrapped(
    cpu.measureRetrieval.executeWithOptions({ summary: "ask the corpus every question" }, [{ run }]),
  );
  setCurrentDetails(table(measured));
  return measured;
}

function table({ measures }: MeasuredRetrieval): string {
  const rows = measures.map(
    ({ pool, measure, mean, low, high }) =>
      `| ${markdownText(pool)} | ${measure} | ${mean.toFixed(3)} | ${low.toFixed(3)} to ${high.toFixed(3)} |`,
  );
  return ["| pool | measure | mean | 95 % interval |", "|---|---|---|---|", ...rows].join("\n");
}
