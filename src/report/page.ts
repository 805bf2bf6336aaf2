import { environmentOf } from "../environments/environmentOf.ts";
import { taskOf } from "../tasks/taskRegistry.ts";
import { accuracyChart } from "./accuracyChart.ts";
import { auditSection } from "./auditSection.ts";
import { baselineSection } from "./baselineSection.ts";
import { behaviourTable } from "./behaviour.ts";
import { benchmarkTable } from "./benchmarkSection.ts";
import { costSection } from "./costSection.ts";
import { curves } from "./curves.ts";
import { gateTable } from "./gateSection.ts";
import { headlineTable } from "./headline.ts";
import { html, type Html } from "./html.ts";
import type { RunReport } from "./runReport.ts";
import { healthSection, honestNotes } from "./reportNotes.ts";
import { retrievalTable } from "./retrievalSection.ts";
import { rewardHealth } from "./rewardHealth.ts";
import { scheduleSection } from "./scheduleSection.ts";
import { renderShell } from "./shell.ts";
import { table } from "./htmlTable.ts";
import { trajectoryView } from "./trajectoryView.ts";

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

/** The whole report as one HTML document that needs nothing from outside. */
export function renderPage(report: RunReport): string {
  const sections = sectionsOf(report);
  const { cautions } = taskOf(report.configuration.data);
  const body = html`<header><h1>Run ${report.configuration.run}</h1>
<p class="soft">Med-R3: progressive reinforcement learning of retrieval-augmented reasoning · preset ${report.configuration.preset} · data ${report.configuration.data.dataset} · schedule ${report.configuration.schedule.name} · seed ${report.configuration.seed}. ${cautions[0] ?? ""}</p>
<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav></header>
<main>${sections.map(({ id, title, body }) => html`<section id="${id}"><h2>${title}</h2>${body}</section>`)}</main>`;
  return renderShell({ title: `Med-R3 run ${report.configuration.run}`, body });
}

function sectionsOf(report: RunReport): Section[] {
  return [
    {
      id: "result",
      title: "Result",
      body: html`${headlineTable(report)}${baselineSection(report.baselines)}${accuracyChart(report)}`,
    },
    { id: "health", title: "Health", body: healthSection(report) },
    { id: "schedule", title: "Schedule", body: scheduleSection(report) },
    { id: "gates", title: "Gates", body: gateTable(report.gates) },
    { id: "curves", title: "Curves", body: curvesOf(report) },
    { id: "rewards", title: "Rewards", body: html`${rewardHealth(report)}${auditSection(report)}` },
    { id: "behaviour", title: "Behaviour in evaluation", body: behaviourTable(report.evaluations) },
    { id: "benchmarks", title: "Public benchmarks", body: benchmarkTable(report.benchmarks) },
    ...(report.retrieval === null
      ? []
      : [{ id: "retrieval", title: "Retrieval", body: retrievalTable(report.retrieval) }]),
    { id: "cost", title: "Cost", body: costSection(report.spent, report.configuration.cost, report.budgets) },
    { id: "trajectories", title: "Trajectories", body: trajectories(report) },
    { id: "notes", title: "How to read this", body: honestNotes(report) },
    { id: "settings", title: "Settings", body: settings(report) },
  ];
}

function curvesOf({ iterations, configuration }: RunReport): Html {
  const tools = configuration.environments.map(({ name }) => name);
  return curves(iterations, taskOf(configuration.data).corpus.scale, tools);
}

function trajectories({ examples, configuration }: RunReport): Html {
  if (examples.length === 0) return html`<p>No trajectory has been recorded yet.</p>`;
  const environment = environmentOf(configuration);
  return html`<p>From the first and the last iteration of each stage: those with the lowest and the highest reward.</p>${examples.map((example) => trajectoryView(example, environment))}`;
}

function settings({ configuration, fingerprints }: RunReport): Html {
  return html`${table({ caption: "What the numbers depend on beside the settings", columns: [{ title: "of" }, { title: "fingerprint" }], groups: [{ title: null, rows: Object.entries(fingerprints) }] })}
    <p>To run the same again, save this as a file and start with <code>npm start -- --config FILE --run NEW-NAME</code>.</p>
    <pre role="region" aria-label="Settings" tabindex="0">${JSON.stringify(configuration, null, 2)}</pre>`;
}
