import { html, type Html } from "../../report/html.ts";
import { renderShell } from "../../report/shell.ts";
import type { LoggedAnswer } from "../lastAnswers.ts";
import { formScript } from "./formScript.ts";
import { cannotTell, reviewItems, type ReviewItem } from "./scale.ts";

/** A trajectory as raters see it. */
export interface FormRow extends Pick<LoggedAnswer, "question" | "rightAnswer" | "text"> {
  readonly id: string;
}

const extraStyle = `
fieldset { border: 0; margin: .4rem 0; padding: 0; } legend { font-weight: 600; padding: 0; } fieldset label { margin-right: 1rem; white-space: nowrap; }
.answer-text { white-space: pre-wrap; } textarea, input[type=text] { width: 100%; max-width: 46rem; font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--rule); padding: .4rem; }
button { font: inherit; padding: .5rem 1rem; } [role=status] { font-weight: 600; }
`;

/** The form as one HTML document: it needs no network, says nothing of arms, keeps what is filled in while it is open, and saves it as a JSON file. */
export function renderReviewForm(rows: readonly FormRow[], formHash: string): string {
  const body = html`<header><h1>Expert review</h1>
<p>Please read each of the ${rows.length} answers below and say what you think of it; which system wrote it is hidden from you. Take what the answer found as it stands there. What you fill in stays in this browser until you save it; then send the saved file back.</p></header>
<main><form id="review" data-form="${formHash}">
<p><label>Your name or initials<br><input type="text" name="rater" required maxlength="100" autocomplete="off"></label></p>
${rows.map((row, index) => article(row, index, rows.length))}
<p><button type="submit">Save as a file</button> <span role="status"></span></p></form></main>`;
  return renderShell({ title: "Expert review", extraStyle, body, script: formScript });
}

function article({ id, question, rightAnswer, text }: FormRow, index: number, count: number): Html {
  return html`<article data-id="${id}"><h2>${index + 1} of ${count}</h2>
<h3>Question</h3><p>${question}</p><h3>Answer</h3><div class="part answer-text">${text}</div>
<details><summary>What the data take for right</summary><div>${rightAnswer}</div></details>
${reviewItems.map((item) => choices(id, item))}
<p><label>Remarks<br><textarea name="${id}.comment" rows="2" maxlength="10000"></textarea></label></p></article>`;
}

function choices(id: string, { name, question, categories }: ReviewItem): Html {
  const all = [...categories, { name: cannotTell, label: "cannot tell" }];
  return html`<fieldset><legend>${question}</legend>${all.map(({ name: value, label }) => html`<label><input type="radio" name="${id}.${name}" value="${value}" required> ${label}</label>`)}</fieldset>`;
}
