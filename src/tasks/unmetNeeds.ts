import { searchTool } from "../environments/search/searchTags.ts";
import type { ChosenPart } from "../parts/part.ts";
import { taskOf, type TaskData } from "./taskRegistry.ts";

/** A setting that allows less than the way to an answer takes. */
export interface UnmetNeed {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

interface Allowance {
  readonly environments: readonly ChosenPart[];
  readonly rollout: { readonly maxResponseTokens: number };
}

/** What a run has to allow so that the task can be learnt at all: a run that cannot would end with a low accuracy and without a word. */
export function unmetNeeds(data: TaskData, { environments, rollout }: Allowance): UnmetNeed[] {
  const { needs } = taskOf(data);
  if (needs === undefined) return [];
  const { searches, responseTokens } = needs;
  const of = (what: string): string =>
    `expected at least ${what}: an answer to task ${data.dataset} as set takes so many`;
  const tooShort = rollout.maxResponseTokens < responseTokens;
  return [
    ...environments.flatMap(({ name, settings }, index) =>
      name === searchTool && Number(settings["maxCalls"]) < searches
        ? [{ path: ["environments", index, "settings", "maxCalls"], message: of(`${searches} searches`) }]
        : [],
    ),
    ...(tooShort ? [{ path: ["rollout", "maxResponseTokens"], message: of(`${responseTokens} tokens`) }] : []),
  ];
}
