import type { RunConfiguration } from "../configuration/configuration.ts";
import type { RunEnvironment } from "../environments/runEnvironment.ts";
import type { ScoringSources } from "../rewards/prepare.ts";
import { scoringOf } from "./taskRegistry.ts";

/** What scoring takes from a run's configuration and its environments, wherever its responses are scored. */
export function configuredScoring(
  { data, rewards, rollout }: Pick<RunConfiguration, "data" | "rewards" | "rollout">,
  { tags, mostPassages }: Pick<RunEnvironment, "tags" | "mostPassages">,
): Pick<ScoringSources, "tags" | "mostPassages" | "maxResponseTokens" | "settings" | "rewards" | "searchCost"> {
  return { tags, mostPassages, maxResponseTokens: rollout.maxResponseTokens, settings: rewards, ...scoringOf(data) };
}
