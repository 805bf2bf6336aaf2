import { html, type Html } from "../../report/html.ts";
import type { AnsweredBy, StudyExample } from "./studyExamples.ts";

/** What one arm got right and another wrong; null where the runs' logs were not at hand. */
export function exampleSection(examples: readonly StudyExample[] | null): Html {
  if (examples === null)
    return html`<p>The logs of the runs were not where this report was written; a report written where they are shows some.</p>`;
  if (examples.length === 0)
    return html`<p>Among the last updates no question was answered rightly by one arm and wrongly by another of the first comparison.</p>`;
  return html`<p>Questions of training that both arms were asked among their last updates, those on which they differ most; one right and one other answer. They show how answers differ, not how often.</p>${examples.map(
    ({
      regime,
      world,
      question,
      rightAnswer,
      right,
      wrong,
    }) => html`<details><summary>${regime}, ${world}: ${right.arm} right, ${wrong.arm} not</summary><div>
      <p>${question}</p><p class="soft">Right answer: ${rightAnswer}</p>${answered(right, "right")}${answered(wrong, "wrong")}</div></details>`,
  )}`;
}

function answered({ arm, text }: AnsweredBy, verdict: "right" | "wrong"): Html {
  return html`<h3>${arm}: <span class="${verdict}">${verdict === "right" ? "right" : "not right"}</span></h3><div class="part answer-text">${text}</div>`;
}
