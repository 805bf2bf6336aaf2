import { isDeepStrictEqual } from "node:util";
import { budgetAfter, reachedBudget } from "../src/cost/budget.ts";
import { spentOfRun } from "../src/cost/spent.ts";
import type { Spent } from "../src/domain/usage.ts";
import { keptAnswers } from "./keptAnswers.ts";
import type { OpenRun, Workspace } from "./workspace.ts";

/** What a run used so far, and in words which limits of its budget that reaches; null where none is reached. */
export interface BudgetState {
  readonly spent: Spent;
  readonly overBudget: string | null;
}

/** New limits by a named person; those left out stay as they are. */
export interface BudgetRequest {
  readonly tokens?: number | undefined;
  readonly money?: number | undefined;
  readonly hours?: number | undefined;
  readonly name: string;
  readonly reason: string;
}

export interface BudgetActivities {
  /** Records limits that a person approved; returns where the run stands with them. */
  approveBudget(input: { readonly run: string } & BudgetRequest): Promise<BudgetState>;
}

export function createBudgetActivities(workspace: Workspace): BudgetActivities {
  return {
    approveBudget: async ({ run: name, tokens = null, money = null, hours = null, ...person }) => {
      const run = await workspace.run(name);
      const approval = { tokens, money, hours, ...person };
      // An attempt that died after it recorded the approval must not record it twice.
      if (!isDeepStrictEqual((await run.log.readBudgets()).at(-1), approval)) await run.log.appendBudget(approval);
      return budgetState(run);
    },
  };
}

/** Computed from the log, so that every process and every attempt gets the same. */
export async function budgetState(run: OpenRun): Promise<BudgetState> {
  const { log, configuration } = run;
  const spent = await spentOfRun(run, keptAnswers);
  return { spent, overBudget: reachedBudget(budgetAfter(configuration.cost.budget, await log.readBudgets()), spent) };
}
