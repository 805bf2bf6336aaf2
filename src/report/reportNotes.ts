import { customRewardFlags } from "./customRewardHealth.ts";
import { percent } from "./format.ts";
import { html, type Html } from "./html.ts";
import { emptyUpdates } from "./learningHealth.ts";
import { lastOf } from "./lastOf.ts";
import { neverScoredNotes } from "./neverScored.ts";
import type { RunReport } from "./runReport.ts";
import { unreadLines } from "./probeHealth.ts";
import { suspectRewards } from "./rewardHealth.ts";
import { toolFlags } from "./toolHealth.ts";
import { taskOf } from "../tasks/taskRegistry.ts";

/** A sign that something may be wrong with the run, in words. */
export function healthFlags(report: RunReport): string[] {
  return [
    ...report.dataNotes,
    ...unscoredResponses(report),
    ...ungradedAnswers(report),
    ...unreadLines(report),
    ...emptyUpdates(report),
    ...toolFlags(report),
    ...lowFormat(report),
    ...collapsedEntropy(report),
    ...samplerGap(report),
    ...suspectRewards(report),
    ...customRewardFlags(report),
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

function lowFormat(report: RunReport): string[] {
  const share = lastOf(report, "format/share");
  return share !== null && share < 0.5
    ? [`Only ${percent(share)} of the last iteration's answers pass the format gate.`]
    : [];
}

function collapsedEntropy(report: RunReport): string[] {
  const entropy = lastOf(report, "actor/entropy");
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
    ${neverScoredNotes(report).map((note) => html`<li>${note}</li>`)}
  </ul>`;
}
