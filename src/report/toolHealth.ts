import { meanOf } from "../domain/mean.ts";
import { environmentOf } from "../environments/environmentOf.ts";
import { callFaults, unknownToolMetric } from "../environments/toolMetrics.ts";
import { taskOf } from "../tasks/taskRegistry.ts";
import { percent } from "./format.ts";
import { lastOf } from "./lastOf.ts";
import type { RunReport } from "./runReport.ts";

/** Signs that tools are not called, not called rightly, or show nothing of use, in words. */
export function toolFlags(report: RunReport): string[] {
  return [
    ...abandonedTools(report),
    ...faultyCalls(report),
    ...cutPassages(report),
    ...bandFilter(report),
    ...findsNothing(report),
  ];
}

function first(report: RunReport, metric: string): number | null {
  return report.iterations.find((row) => row.metrics[metric] !== undefined)?.metrics[metric] ?? null;
}

function abandonedTools(report: RunReport): string[] {
  return report.configuration.environments.flatMap(({ name }) => {
    const end = lastOf(report, `${name}/count`);
    const start = first(report, `${name}/count`);
    return end !== null && start !== null && start > 0.5 && end < 0.1
      ? [`The policy has stopped calling the tool ${name}.`]
      : [];
  });
}

/** Share of a tool's calls in the last iteration from which a fault of the calls is told. */
const manyFaults = 0.2;

function faultyCalls(report: RunReport): string[] {
  const faults = report.configuration.environments.flatMap(({ name }) =>
    callFaults.flatMap(([status, metric]) => {
      const share = lastOf(report, `${name}/${metric}`) ?? 0;
      return share < manyFaults ? [] : [`${percent(share)} of the last calls of the tool ${name} were ${status}.`];
    }),
  );
  const unknown = lastOf(report, unknownToolMetric) ?? 0;
  return unknown < manyFaults
    ? faults
    : [...faults, `${unknown.toFixed(1)} calls an answer name a tool that the run does not have.`];
}

/** Share of the passages that the last iteration's searches showed from which their cutting is told. */
const manyCut = 0.5;

function cutPassages(report: RunReport): string[] {
  const share = lastOf(report, "search/cut_share") ?? 0;
  const { maxPassageTokens } = environmentOf(report.configuration);
  return share < manyCut
    ? []
    : [
        `${percent(share)} of the passages that the last searches showed were cut at ${maxPassageTokens} tokens (environments.search.maxPassageTokens): what stands behind the cut is neither read nor rewarded.`,
      ];
}

/** Iterations at the end of a run over which a metric is meaned, and the fewest a run needs after its first stage (or in its only one) to be judged. */
const lastIterations = 10;
const fewestIterations = 30;
/** Recall from which a filter that nobody uses is missed by nobody: the gold documents are found without it. */
const recallWithoutFilter = 0.9;

/**
 * Whether the policy learnt to ask for a band of the scale. Runs either find the filter or lose it for good, by luck of the seed and of the
 * processor: where it is lost, and searches miss gold documents for want of it, accuracy stops far below what the data allow (docs/quick-preset.md).
 */
function bandFilter(report: RunReport): string[] {
  const share = lately(report, "search/filter_share");
  if (share === null || share >= 0.9) return [];
  if (share < 0.5 && (lately(report, "reward/retrievalRecall") ?? 0) >= recallWithoutFilter) return [];
  const { configuration } = report;
  const { name } = taskOf(configuration.data).corpus.scale;
  const wakesSearch = configuration.schedule.name === "adaptive";
  const found =
    share < 0.5 ? `The ${name} filter was not found` : `The ${name} filter was found for some searches only`;
  return [
    `${found}: ${percent(share)} of the last searches ask for a band of ${name}. Try another seed (--seed)${wakesSearch ? "" : ", or --schedule adaptive, which has searching learnt first"}.`,
  ];
}

/** Recall of gold documents below which searches that are made are of no use. */
const uselessRecall = 0.1;

function findsNothing(report: RunReport): string[] {
  const recall = lately(report, "reward/retrievalRecall");
  const searches = lately(report, "search/count") ?? 0;
  return recall === null || recall >= uselessRecall || searches < 0.5
    ? []
    : [
        `Searches find hardly any gold document: recall ${recall.toFixed(2)} in the last ${lastIterations} iterations, with ${searches.toFixed(1)} searches an answer. Look at what they ask (npm run trajectories), and whether this corpus has the documents (workflow evaluateRetrieval).`,
      ];
}

/** Mean of a metric at the end of a run that is long enough to be judged; null where it is not, or has no such metric. */
function lately({ iterations, configuration }: RunReport, metric: string): number | null {
  const later = iterations.filter(({ stage }) => stage > 1 || configuration.stages.length === 1);
  return later.length < fewestIterations
    ? null
    : meanOf(later.slice(-lastIterations).flatMap(({ metrics }) => metrics[metric] ?? []));
}
