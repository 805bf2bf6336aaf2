import { tokensOf, type Spent } from "../domain/usage.ts";
import type { CostConfiguration } from "../configuration/cost.ts";
import type { BudgetApproval } from "../trajectories/records.ts";
import { budgetAfter } from "../cost/budget.ts";
import { html, type Html } from "./html.ts";
import { numeric, table } from "./htmlTable.ts";

/** What the run took, on all its branches, by its log; the limits of its budget, and who approved more. */
export function costSection(spent: Spent, { budget }: CostConfiguration, approvals: readonly BudgetApproval[]): Html {
  const limits = budgetAfter(budget, approvals);
  const hours = spent.seconds / 3600;
  const rows: readonly (readonly [string, string, string])[] = [
    ["tokens sampled", whole(spent.sampledTokens), ""],
    ["tokens prefilled (prompts, answers of tools)", whole(spent.prefilledTokens), ""],
    ["tokens trained", whole(spent.trainedTokens), ""],
    ["tokens of judges, extractors, baselines", whole(spent.serviceTokens), ""],
    ["tokens in all", whole(tokensOf(spent)), limitText(limits.tokens)],
    ["requests", whole(spent.requests), ""],
    ["requests to services", whole(spent.serviceRequests), ""],
    ["hours of work", hours.toFixed(3), limitText(limits.hours)],
    ["money", spent.money === null ? "not known (cost.price)" : spent.money.toFixed(4), limitText(limits.money)],
  ];
  return html`${table({ caption: "What the run took", columns: [{ title: "of" }, numeric("so far"), numeric("budget")], groups: [{ title: null, rows }] })}
    <p>Counted from the log: steps and evaluations that count, on all branches, each once. Work that a death or a fault undid before it was written is in no log; nightly evaluations are kept apart.</p>
    ${approvals.map(({ name, reason, tokens, money, hours: time }) => html`<p>${name} approved ${approved({ tokens, money, hours: time })}: ${reason}</p>`)}`;
}

function approved(limits: Readonly<Record<string, number | null>>): string {
  return Object.entries(limits)
    .flatMap(([name, limit]) => (limit === null ? [] : [`${name} ${limitText(limit)}`]))
    .join(", ");
}

function limitText(limit: number | null): string {
  return limit === null ? "–" : limit.toLocaleString("en-US");
}

function whole(value: number): string {
  return value.toLocaleString("en-US");
}
