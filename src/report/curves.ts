import type { EvidenceScale } from "../domain/evidenceScale.ts";
import { callFaults, unknownToolMetric } from "../environments/toolMetrics.ts";
import { lineChart, type Band, type CurvePoint, type Series } from "./chart.ts";
import { html, type Html } from "./html.ts";
import type { IterationMetrics } from "./runReport.ts";

/** Which metrics share a chart; metrics are matched by their names. */
interface ChartPlan {
  readonly title: string;
  readonly note: string;
  readonly metrics: readonly (readonly [metric: string, label: string])[];
  readonly low: number | null;
  readonly high: number | null;
}

const plansOf = ({ name }: EvidenceScale): readonly ChartPlan[] => [
  {
    title: "Reward",
    note: "Mean total per trajectory. Healthy: rises within a stage, jumps where the weights change.",
    metrics: [["reward/total", "total"]],
    low: null,
    high: null,
  },
  {
    title: "Learning from demonstrations",
    note: "Mean cross-entropy in nats a token. Healthy: falls; where held-out demonstrations rise, the policy learns by heart.",
    metrics: [
      ["demonstrations/loss", "learnt from"],
      ["demonstrations/validation_loss", "held out"],
    ],
    low: 0,
    high: null,
  },
  {
    title: "Accuracy in training",
    note: "Share of sampled answers judged fully right, on the questions of the iteration.",
    metrics: [["accuracy", "accuracy"]],
    low: 0,
    high: 1,
  },
  {
    title: "Reward components",
    note: "Before weighting; a component that the data cannot support is missing.",
    metrics: [
      ["reward/answer", "answer"],
      ["reward/reasoning", "reasoning"],
      ["reward/retrieval", "retrieval"],
      ["reward/clinical", "clinical"],
      ["format/share", "format gate passed"],
    ],
    low: 0,
    high: 1,
  },
  {
    title: `${name.charAt(0).toUpperCase()}${name.slice(1)} filter`,
    note: `Share of searches that ask for a band of ${name}. Should rise before accuracy does.`,
    metrics: [["search/filter_share", "share"]],
    low: 0,
    high: 1,
  },
  {
    title: "Entropy",
    note: "Nats per token. A collapse towards zero ends exploration.",
    metrics: [["actor/entropy", "entropy"]],
    low: 0,
    high: null,
  },
  {
    title: "Response length",
    note: "Tokens, environment included.",
    metrics: [["response_length/mean", "tokens"]],
    low: 0,
    high: null,
  },
  {
    title: "Sampler against trainer",
    note: "KL estimate of sampled against recomputed log-probabilities. Should stay near zero; with rollout.staleness 1 it shows the update in between.",
    metrics: [["optim/kl_sample_train", "KL"]],
    low: null,
    high: null,
  },
  {
    title: "Distance from the stage's start",
    note: "KL estimate against the policy that the stage began with; measured where the loss has a KL term.",
    metrics: [["actor/kl_loss", "KL"]],
    low: 0,
    high: null,
  },
  { title: "Gradient norm", note: "Before clipping.", metrics: [["actor/grad_norm", "norm"]], low: 0, high: null },
  {
    title: "Zero-variance groups",
    note: "Share of questions whose samples all earned the same: they teach nothing.",
    metrics: [["groups/zero_variance", "share"]],
    low: 0,
    high: 1,
  },
];

/** All curves that have at least one value; the scale is the corpus', the tools are the run's. */
export function curves(iterations: readonly IterationMetrics[], scale: EvidenceScale, tools: readonly string[]): Html {
  if (iterations.length === 0) return html`<p>No iteration has been trained yet.</p>`;
  const bands = stageBands(iterations);
  const charts = [...plansOf(scale), ...toolPlans(tools), stopReasons(iterations)].map((plan) =>
    lineChart({ ...plan, bands, series: plan.metrics.map(([metric, label]) => seriesOf(iterations, metric, label)) }),
  );
  return html`<div class="charts">${charts}</div>`;
}

function toolPlans(tools: readonly string[]): ChartPlan[] {
  if (tools.length === 0) return [];
  return [
    {
      title: "Calls of tools per answer",
      note: "A fall to zero means the policy gave up the tool.",
      metrics: [
        ...tools.map((tool) => [`${tool}/count`, tool] as const),
        [unknownToolMetric, "tools that are not there"],
      ],
      low: 0,
      high: null,
    },
    {
      title: "Calls that came to nothing",
      note: "Share of a tool's calls that it refused, that failed, that were malformed, or one more than it allows.",
      metrics: tools.flatMap((tool) =>
        callFaults.map(([status, metric]) => [`${tool}/${metric}`, `${tool} ${status}`] as const),
      ),
      low: 0,
      high: 1,
    },
  ];
}

function stopReasons(iterations: readonly IterationMetrics[]): ChartPlan {
  const prefix = "stop/";
  const reasons = new Set(
    iterations.flatMap(({ metrics }) => Object.keys(metrics).filter((name) => name.startsWith(prefix))),
  );
  return {
    title: "Why answers ended",
    note: "Share of trajectories by stop reason. “end” is the healthy one.",
    metrics: [...reasons].toSorted().map((name) => [name, name.slice(prefix.length)]),
    low: 0,
    high: 1,
  };
}

function seriesOf(iterations: readonly IterationMetrics[], metric: string, name: string): Series {
  return { name, points: iterations.map((row, x): CurvePoint => ({ x, y: row.metrics[metric] ?? null })) };
}

function stageBands(iterations: readonly IterationMetrics[]): Band[] {
  return [...new Set(iterations.map((row) => row.stage))].map((stage) => ({
    label: iterations.find((row) => row.stage === stage)?.stageName ?? "",
    start: iterations.findIndex((row) => row.stage === stage),
    end: iterations.findLastIndex((row) => row.stage === stage),
  }));
}
