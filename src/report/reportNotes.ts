import { percent } from "./format.ts";
import { html, type Html } from "./html.ts";
import type { RunReport } from "./runReport.ts";
import { suspectRewards } from "./rewardHealth.ts";
import { callFaults, unknownToolMetric } from "../environments/toolMetrics.ts";
import { environmentOf } from "../environments/environmentOf.ts";
import { taskOf } from "../tasks/taskRegistry.ts";
import { meanOf } from "../domain/mean.ts";

/** A sign that something may be wrong with the run, in words. */
export function healthFlags(report: RunReport): string[] {
  return [
    ...report.dataNotes,
    ...unscoredResponses(report),
    ...ungradedAnswers(report),
    ...abandonedTools(report),
    ...faultyCalls(report),
    ...cutPassages(report),
    ...bandFilter(report),
    ...lowFormat(report),
    ...collapsedEntropy(report),
    ...samplerGap(report),
    ...suspectRewards(report),
    ...report.events,
  ];
}

/** What a judge, extractor or measurement failed on in training, by stage. */
function unscoredResponses({ iterations }: RunReport): string[] {
  return [...new Set(iterations.map(({ stage }) => stage))].flatMap((stage) => {
    const own = iterations.filter((row) => row.stage === stage);
    const sum = (metric: string): number => own.reduce((total, { metrics }) => total + (metrics[metric] ?? 0), 0);
    if (sum("unscored") === 0) return [];
    const parts = [...new Set(own.flatMap(({ metrics }) => Object.keys(metrics)))]
      .filter((name) => name.startsWith("failed/"))
      .map((name) => `${name.slice("failed/".length)} ${sum(name)}`);
    return [
      `Stage ${own[0]?.stageName ?? stage}: a judge, extractor or measurement failed on ${sum("unscored")} responses (${parts.join(", ")}); the groups of ${sum("groups/left_out")} questions were left out of updates.`,
    ];
  });
}

function ungradedAnswers({ evaluations }: RunReport): string[] {
  return evaluations.flatMap(({ checkpoint, pool, ungraded }) =>
    ungraded === 0
      ? []
      : [`${ungraded} answers on ${pool} (${checkpoint}) could not be graded: the accuracy leaves them out.`],
  );
}

function last(report: RunReport, metric: string): number | null {
  return report.iterations.findLast((row) => row.metrics[metric] !== undefined)?.metrics[metric] ?? null;
}

function first(report: RunReport, metric: string): number | null {
  return report.iterations.find((row) => row.metrics[metric] !== undefined)?.metrics[metric] ?? null;
}

function abandonedTools(report: RunReport): string[] {
  return report.configuration.environments.flatMap(({ name }) => {
    const end = last(report, `${name}/count`);
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
      const share = last(report, `${name}/${metric}`) ?? 0;
      return share < manyFaults ? [] : [`${percent(share)} of the last calls of the tool ${name} were ${status}.`];
    }),
  );
  const unknown = last(report, unknownToolMetric) ?? 0;
  return unknown < manyFaults
    ? faults
    : [...faults, `${unknown.toFixed(1)} calls an answer name a tool that the run does not have.`];
}

/** Share of the passages that the last iteration's searches showed from which their cutting is told. */
const manyCut = 0.5;

function cutPassages(report: RunReport): string[] {
  const share = last(report, "search/cut_share") ?? 0;
  const { maxPassageTokens } = environmentOf(report.configuration);
  return share < manyCut
    ? []
    : [
        `${percent(share)} of the passages that the last searches showed were cut at ${maxPassageTokens} tokens (environments.search.maxPassageTokens): what stands behind the cut is neither read nor rewarded.`,
      ];
}

/** Iterations at the end of a run over which the filter's share is meaned, and the fewest a run needs after its first stage (or in its only one) to be judged. */
const filterWindow = 10;
const filterFewest = 30;
/** Recall from which a filter that nobody uses is missed by nobody: the gold documents are found without it. */
const recallWithoutFilter = 0.9;

/**
 * Whether the policy learnt to ask for a band of the scale. Runs either find the filter or lose it for good, by luck of the seed and of the
 * processor: where it is lost, and searches miss gold documents for want of it, accuracy stops far below what the data allow (docs/quick-preset.md).
 */
function bandFilter({ iterations, configuration }: RunReport): string[] {
  const later = iterations.filter(({ stage }) => stage > 1 || configuration.stages.length === 1);
  const lately = (name: string): number | null =>
    meanOf(later.slice(-filterWindow).flatMap(({ metrics }) => metrics[name] ?? []));
  const share = lately("search/filter_share");
  if (later.length < filterFewest || share === null || share >= 0.9) return [];
  if (share < 0.5 && (lately("reward/retrievalRecall") ?? 0) >= recallWithoutFilter) return [];
  const { name } = taskOf(configuration.data).corpus.scale;
  const wakesSearch = configuration.schedule.name === "adaptive";
  const found =
    share < 0.5 ? `The ${name} filter was not found` : `The ${name} filter was found for some searches only`;
  return [
    `${found}: ${percent(share)} of the last searches ask for a band of ${name}. Try another seed (--seed)${wakesSearch ? "" : ", or --schedule adaptive, which has searching learnt first"}.`,
  ];
}

function lowFormat(report: RunReport): string[] {
  const share = last(report, "format/share");
  return share !== null && share < 0.5
    ? [`Only ${percent(share)} of the last iteration's answers pass the format gate.`]
    : [];
}

function collapsedEntropy(report: RunReport): string[] {
  const entropy = last(report, "actor/entropy");
  return entropy !== null && entropy < report.configuration.guard.minimumEntropy
    ? ["The entropy has collapsed: the policy no longer explores."]
    : [];
}

function samplerGap(report: RunReport): string[] {
  const gap = Math.max(0, ...report.iterations.map((row) => row.metrics["optim/log_probability_gap"] ?? 0));
  const limit = report.configuration.guard.maximumLogProbabilityGap;
  return gap > limit ? [`Sampled and recomputed log-probabilities differ by up to ${gap.toExponential(1)} nats.`] : [];
}

/** The flags as markup, or the plain statement that there are none. */
export function healthSection(report: RunReport): Html {
  const flags = healthFlags(report);
  if (flags.length === 0)
    return html`<p class="flag fine">Nothing unusual: format, grading, entropy, search and log-probabilities stayed within their limits.</p>`;
  return html`${flags.map((flag) => html`<p class="flag">${flag}</p>`)}`;
}

/** What the numbers can and cannot say. */
export function honestNotes(report: RunReport): Html {
  const { cautions, notes } = taskOf(report.configuration.data);
  return html`<ul>
    ${cautions.length > 0 && html`<li>${cautions.join(" ")}</li>`}
    ${notes.map((note) => html`<li>${note}</li>`)}
    ${report.modelNote !== null && html`<li>The model that the run began with: ${report.modelNote}.</li>`}
    <li>Intervals are ${percent(report.configuration.evaluation.confidence)} bootstrap intervals over clusters of questions that belong together (about one thing, from one document). They cover the choice of questions, not the luck of a training seed: compare several seeds before believing a difference.</li>
    <li>Equal settings and seeds give equal digits on one kind of processor and one build of the engine only (their names: Settings). Elsewhere sums round otherwise, samples part ways, and a run may end far from here: one seed has given 82 % and 55 % after the second stage on two machines.</li>
    ${unscoredRewards(report).map((name) => html`<li>The reward “${name}” could not be scored on any example: these data do not support it. It is left out of means and counts as nothing.</li>`)}
  </ul>`;
}

/** Rewards that are null in every example. */
function unscoredRewards({ examples }: RunReport): string[] {
  const names = new Set(examples.flatMap(({ score }) => Object.keys(score.values)));
  return [...names].filter((name) => examples.every(({ score }) => (score.values[name] ?? null) === null)).toSorted();
}
