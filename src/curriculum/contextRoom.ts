import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { engineOf } from "../configuration/policy.ts";
import type { Dataset } from "../domain/dataset.ts";
import { environmentOf } from "../environments/environmentOf.ts";
import { loadTokenizer } from "../policy/tokenizer.ts";
import { configuredPools, questionsOfPool } from "./questions.ts";

/** Questions whose prompts are counted: those of most characters. */
const counted = 5;

/**
 * Throws where the context of the model's folder has no room for the longest prompt of the evaluation and a whole response behind it.
 * A model that must be fetched or made first passes here: the engine refuses its first request.
 */
export async function refuseShortContext(configuration: RunConfiguration, dataset: Dataset): Promise<void> {
  const { policy, rollout } = configuration;
  const { contextLength } = engineOf(policy);
  const atHand = ["config.json", "tokenizer.json"].every((name) => existsSync(join(policy.model, name)));
  if (contextLength === undefined || !atHand) return;
  const maximumPositions = await contextLength(policy.model);
  const tokenizer = await loadTokenizer(policy.model);
  const environment = environmentOf(configuration);
  const lengthOf = ({ text, options }: Parameters<typeof environment.prompt>[1]): number =>
    options.reduce((sum, option) => sum + option.text.length, text.length);
  const prompts = configuredPools(dataset, configuration)
    .flatMap((pool) => questionsOfPool(dataset, pool, configuration))
    .toSorted((a, b) => lengthOf(b) - lengthOf(a))
    .slice(0, counted)
    .map((question) => environment.prompt(tokenizer, question).length);
  const longest = Math.max(0, ...prompts);
  if (longest + rollout.maxResponseTokens <= maximumPositions) return;
  throw new Error(
    `rollout.maxResponseTokens: the longest prompt has ${longest} tokens and a response up to ${rollout.maxResponseTokens}, together more than the ` +
      `${maximumPositions} of the context of ${policy.model}; allow shorter responses, or take a model with a longer context`,
  );
}
