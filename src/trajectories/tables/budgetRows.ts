import type { ListFormat } from "../listTable.ts";
import { BudgetApproval } from "../records.ts";

/** Limits that persons approved, in order. */
export const budgetFormat: ListFormat<BudgetApproval> = {
  name: "budgets",
  columns: { tokens: "number?", money: "number?", hours: "number?", name: "text", reason: "text" },
  toRow: (approval) => ({ ...approval }),
  fromRow: (row) => BudgetApproval.parse(row),
};
