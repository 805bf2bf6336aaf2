import type { Budget } from "../configuration/cost.ts";
import { tokensOf, type Spent } from "../domain/usage.ts";
import type { BudgetApproval } from "../trajectories/records.ts";

/** The limits that hold: the configuration's, then what persons approved, the newest last. */
export function budgetAfter(budget: Budget, approvals: readonly BudgetApproval[]): Budget {
  return approvals.reduce<Budget>(
    (limits, { tokens, money, hours }) => ({
      tokens: tokens ?? limits.tokens,
      money: money ?? limits.money,
      hours: hours ?? limits.hours,
    }),
    budget,
  );
}

/** Which limits are reached, in words; null where there is room left. */
export function reachedBudget(budget: Budget, spent: Spent): string | null {
  const amounts = [
    { name: "tokens", limit: budget.tokens, used: tokensOf(spent) },
    { name: "money", limit: budget.money, used: spent.money },
    { name: "hours", limit: budget.hours, used: spent.seconds / 3600 },
  ];
  const reached = amounts.flatMap(({ name, limit, used }) =>
    limit !== null && used !== null && used >= limit ? [`${name}: ${shown(used)} of ${shown(limit)}`] : [],
  );
  return reached.length === 0 ? null : `the budget is reached (${reached.join("; ")})`;
}

function shown(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString("en-US", { maximumFractionDigits: 6 });
}
