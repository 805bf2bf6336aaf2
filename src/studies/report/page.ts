import { html, type Html } from "../../report/html.ts";
import { fewestWorlds } from "../statistics/worldBootstrap.ts";
import { renderShell } from "../../report/shell.ts";
import type { ReviewResult } from "../review/reviewResult.ts";
import { reviewSection } from "../review/reviewSection.ts";
import type { StudyResult } from "../studyResult.ts";
import type { StudySummary } from "../summaryTypes.ts";
import { answerOf } from "./answer.ts";
import { armSection, measurementSection, specialtySection } from "./armSection.ts";
import { budgetSection, forestSection, mapSection, missingSection } from "./comparisonSections.ts";
import { curveSection } from "./curveSection.ts";
import { evidenceSection } from "./evidenceSection.ts";
import { exampleSection } from "./exampleSection.ts";
import { lowEndSection } from "./lowEndSection.ts";
import { paperSection } from "./paperSection.ts";
import { rewardSection } from "./rewardSection.ts";
import { costSection, settingsSection } from "./settingsSection.ts";
import type { StudyExample } from "./studyExamples.ts";

/** Everything that a study's report shows. */
export interface StudyPage {
  readonly result: StudyResult;
  readonly summary: StudySummary;
  /** Null where the runs' logs were not at hand. */
  readonly examples: readonly StudyExample[] | null;
  /** Null where no expert was asked. */
  readonly review: ReviewResult | null;
}

const extraStyle = `
.lead p { font-size: 1.1rem; } svg.forest { width: 13rem; max-width: none; } .zero { stroke: var(--soft); } svg.forest .whisker { stroke-width: 2; }
.charts.small { grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); } .charts.small figcaption { min-height: 0; }
.spread { fill: var(--c1); opacity: .22; } .hollow { opacity: .55; } .answer-text { white-space: pre-wrap; }
`;

/** A study's report as one HTML document that needs nothing from outside and runs no script: the answer first. */
export function renderStudyPage({ result, summary, examples, review }: StudyPage): string {
  const sections = sectionsOf({ result, summary, examples, review });
  const body = html`<header><h1>Study ${summary.name}</h1><p class="soft">${summary.question}</p></header>
<main><section class="lead">${answerOf(summary).map((sentence) => html`<p>${sentence}</p>`)}</section>
<nav aria-label="Sections">${sections.map(([id, title]) => html`<a href="#${id}">${title}</a>`)}</nav>
${sections.map(([id, title, part]) => html`<section id="${id}"><h2>${title}</h2>${part}</section>`)}</main>`;
  return renderShell({ title: `Study ${summary.name}`, extraStyle, body });
}

function sectionsOf({ result, summary, examples, review }: StudyPage): (readonly [string, string, Html])[] {
  return [
    ["map", "Map: where each arm is better", mapSection(summary)],
    ["arms", "How the arms ended", armSection(summary)],
    ["curves", "Curves", curveSection(result)],
    ["comparisons", "Declared comparisons", forestSection(summary)],
    ["low-ends", "Where one of two ended low", lowEndSection(summary)],
    ["budgets", "Equal tokens, equal seconds", budgetSection(summary)],
    ["missing", "What is missing", html`${notes(summary.notes)}${missingSection(summary)}`],
    ["rewards", "Reward against accuracy", rewardSection(result, summary.pools[0])],
    ["evidence", "Evidence used", evidenceSection(result)],
    ["specialties", "By specialty", specialtySection(summary)],
    ["measurements", "Further measurements", measurementSection(summary)],
    ["examples", "One right, the other wrong", exampleSection(examples)],
    ["review", "Expert review", reviewSection(review)],
    ["cost", "Budget, time and cost", costSection(summary, result)],
    ["reading", "How to read this", reading(summary)],
    ["paper", "The paper's table", paperSection()],
    ["settings", "Settings and versions", settingsSection(result)],
  ];
}

function notes(lines: readonly string[]): Html {
  return html`${lines.map((line) => html`<p class="flag">${line}</p>`)}`;
}

function reading({ resamples }: StudySummary): Html {
  return html`<ul>
    <li>Every mean is over worlds, each counted once with all its runs; over regimes each that has the arms and the pool is counted once. Intervals are of ${resamples} resamples that draw worlds, and in each drawn run diseases; their ends are widened for few worlds as Student's t is, and below ${fewestWorlds} worlds none is given. They cover the choice of worlds, seeds and diseases, not that of the task, the model or the budget.</li>
    <li>A difference is of pairs: the same world, seed and diseases in both arms. A pair with a run missing is in no difference, and is listed.</li>
    <li>p values are two-sided, by the same resamples, corrected after Holm over all rows at equal updates of one regime (or of all regimes together). Intervals are not corrected.</li>
    <li>Shares of runs have Wilson's interval; runs of one world count as one.</li></ul>`;
}
