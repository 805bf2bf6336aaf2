import { loadTokenizer } from "../../../policy/tokenizer.ts";
import type { OpenOptions, RunNeeds } from "../../engine.ts";
import { checkOptimizer, checkStaleness, express } from "../objective/express.ts";
import { openCheckedServer } from "./checkedServer.ts";
import { TinkerPolicy } from "./policy.ts";
import type { TinkerSettings } from "./settings.ts";

/** Draws of the adapters' first weights. */
const firstSeed = 1;

/** Opens a policy on the run's server, which is checked where the run has not yet. Nothing is made there before it is needed. */
export async function openTinkerPolicy(
  settings: TinkerSettings,
  { from, runFolder }: OpenOptions,
): Promise<TinkerPolicy> {
  const tokenizer = await loadTokenizer(settings.tokenizer);
  const { client, baseModel, maximumTokens } = await openCheckedServer({
    settings,
    model: "base" in from ? from.base : null,
    tokenizer,
    runFolder,
  });
  const { rank, requestsInFlight, microBatchTokens, tokensPerRequest } = settings;
  const base = { baseModel, rank, seed: firstSeed };
  const limits = { requestsInFlight, microBatchTokens, tokensPerRequest };
  const policy = new TinkerPolicy({ client, tokenizer, base, runFolder, maximumTokens, ...limits });
  if ("checkpoint" in from) await policy.load(from.checkpoint);
  return policy;
}

/** Throws NotExpressibleError, by the name of the setting, and what opening throws, before a run starts. */
export async function checkNeeds(
  settings: TinkerSettings,
  { model, loss, temperature, optimizer, staleness = 0 }: RunNeeds,
): Promise<void> {
  const tokenizer = await loadTokenizer(settings.tokenizer);
  const { client } = await openCheckedServer({ settings, model, tokenizer, runFolder: null });
  express(loss, temperature, client.dialect);
  checkOptimizer(optimizer, client.dialect);
  if (staleness > 0) checkStaleness(client.dialect);
}
