import { setHandler } from "@temporalio/workflow";
import { badInput, parseInput } from "./input.ts";
import { ApproveBudgetRequest, approveBudgetUpdate } from "./messages.ts";

/** Where something stands with its budget. */
export interface BudgetWait {
  /** Which limits are reached, while it waits for a person to approve more. */
  readonly overBudget: string | null;
  budgetApproval: ApproveBudgetRequest | null;
}

/** Lets a person approve more for a run or a study that waits for it. */
export function handleBudgetUpdate(state: BudgetWait, what: "run" | "study"): void {
  setHandler(
    approveBudgetUpdate,
    (request) => {
      state.budgetApproval = request;
      return `approved by ${request.name}`;
    },
    {
      description: `Approve new limits for a ${what} whose budget is reached: {"tokens": 2000000, "money": 50, "hours": 12, "name": "who you are", "reason": "why"}; give at least one. They take the place of those before.`,
      validator: (request) => {
        parseInput(ApproveBudgetRequest, request);
        if (state.overBudget === null) throw badInput(`the ${what} does not wait for a budget`);
        if (state.budgetApproval !== null) throw badInput(`${state.budgetApproval.name} has just approved new limits`);
      },
    },
  );
}
