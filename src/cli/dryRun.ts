import { existsSync } from "node:fs";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { weightsOf } from "../cost/modelBytes.ts";
import { planCost, type CostPlan } from "../cost/plan.ts";
import { ratesFor } from "../cost/rates.ts";
import { printJson } from "../output/terminal.ts";
import { loadTokenizer } from "../policy/tokenizer.ts";
import { openDataset } from "../tasks/taskRegistry.ts";

/** Shows what a run will take, and writes nothing. */
export async function dryRun(
  configuration: RunConfiguration,
  root: string,
  { json, say }: { readonly json: boolean; readonly say: (line: string) => void },
): Promise<void> {
  const { policy, data } = configuration;
  // An engine on a server names the model by its catalogue, and the tokenizer by a folder.
  const tokenizer = [policy.model, policy["tokenizer"]].find(isThere);
  const plan = planCost(configuration, {
    dataset: await openDataset(data),
    tokenizer: tokenizer === undefined ? null : await loadTokenizer(tokenizer),
    rates: await ratesFor(root, configuration),
    modelBytes: await weightsOf(policy.model),
  });
  if (json) printJson(plan);
  else for (const line of planLines(plan)) say(line);
}

function isThere(value: unknown): value is string {
  return typeof value === "string" && existsSync(value);
}

/** The plan as lines for a terminal. */
export function planLines(plan: CostPlan): string[] {
  const { training, evaluation } = plan;
  const row = (name: string, figures: readonly string[]): string =>
    `${name.padEnd(16)}${figures.map((figure) => figure.padStart(18)).join("")}`;
  const counts = (name: "sampledTokens" | "prefilledTokens" | "trainedTokens" | "requests"): string[] =>
    [training[name], evaluation[name], training[name] + evaluation[name]].map(whole);
  return [
    `Plan of ${plan.run}: ${plan.engine}, ${plan.iterations} iterations. Nothing was started or written.`,
    "",
    row("at most", ["training", "evaluation", "together"]),
    row("sampled tokens", counts("sampledTokens")),
    row("prefilled", counts("prefilledTokens")),
    row("trained", counts("trainedTokens")),
    row("requests", counts("requests")),
    "",
    `baselines       ${whole(plan.baselines.requests)} requests, ${whole(plan.baselines.prefilledTokens)} tokens in, ${whole(plan.baselines.sampledTokens)} out, money ${plan.baselines.money.toFixed(2)}`,
    `judged at most  ${plan.judged === null ? "not known" : whole(plan.judged)} responses`,
    `storage         ${plan.storageBytes === null ? "not known" : `${(plan.storageBytes / 1e9).toFixed(2)} GB`}`,
    `hours           ${plan.hours === null ? "not known" : plan.hours.toFixed(2)}`,
    `money           ${plan.money === null ? "not known" : plan.money.toFixed(2)}`,
    "",
    ...plan.basis.map((line) => `- ${line}`),
  ];
}

function whole(value: number): string {
  return value.toLocaleString("en-US");
}
