import { ApplicationFailure, continueAsNew, log, setCurrentDetails, workflowInfo } from "@temporalio/workflow";
import { z } from "zod";
import type { DatasetPlan as Plan } from "../src/datasets/build.ts";
import type { ReasonCounts } from "../src/datasets/reasons.ts";
import type { ExportedDataset } from "../src/datasets/store.ts";
import { failureTypes } from "../temporal.config.ts";
import { mostQuestions } from "../src/configuration/bounds.ts";
import { RunName } from "../src/configuration/runName.ts";
import { unwrapped } from "./faults.ts";
import { parseInput } from "./input.ts";
import { cpu } from "./proxies.ts";
import { markdownText } from "../src/output/markdown.ts";
import { visible } from "../src/output/visible.ts";

/** Questions of one activity. */
const itemsPerActivity = 200;

export const BuildDatasetInput = z.strictObject({
  name: RunName,
  source: z.strictObject({
    benchmark: z.string().min(1),
    path: z.string().min(1),
    file: z.string().min(1).nullable().default(null),
  }),
  form: z.enum(["open", "choice"]).default("open"),
  /** A language model that writes references; null uses the data's own explanations. Checked in full where it is used. */
  teacher: z.record(z.string(), z.unknown()).nullable().default(null),
  /** The question to go on with; set by the workflow itself. */
  start: z
    .number()
    .int()
    .min(0)
    .max(...mostQuestions)
    .default(0),
});
export type BuildDatasetInput = z.input<typeof BuildDatasetInput>;

export interface BuiltDataset extends ExportedDataset {
  /** Rows of the source that give no question. */
  readonly leftOut: ReasonCounts;
}

/**
 * Builds training items from a multiple-choice data set (docs/method.md#data): resumable question by question, each proved or rejected with the
 * reason. Fails where none was accepted.
 */
export async function buildDataset(input: BuildDatasetInput): Promise<BuiltDataset> {
  const { start, ...request } = parseInput(BuildDatasetInput, input);
  const plan: Plan = await unwrapped(cpu.checkDatasetPlan.executeWithOptions({ summary: "check the plan" }, [request]));
  const { questions, leftOut } = await cpu.countSource.executeWithOptions({ summary: "read the source" }, [plan]);
  for (let next = start; next < questions; next += itemsPerActivity) {
    if (workflowInfo().continueAsNewSuggested) return continueAsNew<typeof buildDataset>({ ...request, start: next });
    const summary = `items ${next + 1} to ${Math.min(next + itemsPerActivity, questions)} of ${questions}`;
    await cpu.buildItems.executeWithOptions({ summary }, [{ plan, start: next, count: itemsPerActivity }]);
  }
  const exported = await cpu.exportDataset.executeWithOptions({ summary: "export" }, [plan]);
  tell(plan.name, { ...exported, leftOut });
  return { ...exported, leftOut };
}

/** In the details and the log; throws where nothing is there to train on. */
function tell(name: string, { accepted, rejected, reasons, leftOut }: BuiltDataset): void {
  const counted = [
    `${accepted} questions accepted, ${rejected} rejected${inWords(reasons)}`,
    `${leftOut.count} rows of the source gave no question${inWords(leftOut.reasons)}`,
  ];
  setCurrentDetails(counted.map((line) => `- ${markdownText(line)}`).join("\n"));
  const message = visible(`data set ${name}: ${counted.join("; ")}`);
  if (accepted === 0)
    throw ApplicationFailure.create({
      message: `nothing was accepted; ${message}`,
      type: failureTypes.nothingAccepted,
      nonRetryable: true,
    });
  if (rejected + leftOut.count > 0) log.warn(message);
}

function inWords(reasons: Readonly<Record<string, number>>): string {
  const parts = Object.entries(reasons).map(([reason, count]) => `${count}: ${reason}`);
  return parts.length === 0 ? "" : ` (${parts.join("; ")})`;
}
