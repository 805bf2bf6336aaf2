import { access } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { OwnRewardSetting } from "../configuration/rewardSettings.ts";
import { compositeDefinitions, penaltyDefinitions, rewardDefinitions } from "./composition.ts";
import type { RewardDefinition } from "./definition.ts";
import type { ScoringSubject } from "./subject.ts";

/** What a file of one's own exports by default: a reward, and its weight in every stage's total where the run names none. */
export interface OwnRewardFile extends Omit<RewardDefinition, "needs"> {
  readonly weight: number;
}

/** A reward of one's own with the weight that it has in a run. */
export interface OwnReward {
  readonly definition: RewardDefinition;
  readonly weight: number;
}

/** A file of one's own that is missing or is no reward; the message says which and what to do. */
export class OwnRewardError extends Error {
  override readonly name = "OwnRewardError";
}

const Exported = z.object({
  name: z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, "use 1 to 40 letters and digits, starting with a small letter"),
  range: z
    .tuple([z.number(), z.number()])
    .refine(([lowest, highest]) => lowest < highest, "the lowest value comes first"),
  weight: z.number().min(0),
  nullMeans: z.string().min(1),
  score: z.custom<(subject: ScoringSubject) => number | null>(
    (value) => typeof value === "function",
    "a function from a trajectory's subject to a number or null",
  ),
});

const taken = new Set([
  "format",
  "malformedSearch",
  "pathHopLimit",
  "total",
  ...[...rewardDefinitions, ...compositeDefinitions, ...penaltyDefinitions].map(({ name }) => name),
]);

/**
 * Loads the rewards that a run names from the folder that the worker was given for them (`MED_R3_REWARDS`); no other place
 * is looked at. Throws OwnRewardError where there is no folder, a file is missing or no reward, or a name is taken.
 */
export async function loadOwnRewards(
  settings: readonly OwnRewardSetting[],
  folder: string | undefined,
): Promise<OwnReward[]> {
  if (settings.length === 0) return [];
  if (folder === undefined || folder === "")
    throw new OwnRewardError(
      `rewards.own: the run names ${settings.map(({ file }) => file).join(", ")}, but this worker has no folder of rewards; set MED_R3_REWARDS in its environment`,
    );
  const known = new Set(taken);
  const rewards: OwnReward[] = [];
  for (const { file, weight } of settings) {
    const { weight: usualWeight, score, ...declaration } = await load(join(folder, file));
    const definition: RewardDefinition = {
      ...declaration,
      needs: [],
      score: (subject) => numberOrNull(score(subject)),
    };
    if (known.has(definition.name))
      throw new OwnRewardError(
        `rewards.own: ${file} calls its reward "${definition.name}", which is taken; choose another name`,
      );
    known.add(definition.name);
    rewards.push({ definition, weight: weight ?? usualWeight });
  }
  return rewards;
}

/** Code that no type checker saw may return anything. */
function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

async function load(path: string): Promise<z.infer<typeof Exported>> {
  await access(path).catch(() => {
    throw new OwnRewardError(`rewards.own: there is no file ${path}`);
  });
  let exported: unknown;
  try {
    exported = ((await import(pathToFileURL(path).href)) as { readonly default?: unknown }).default;
  } catch (error) {
    throw new OwnRewardError(
      `rewards.own: ${path} cannot be loaded (${error instanceof Error ? error.message : String(error)})`,
      { cause: error },
    );
  }
  const parsed = Exported.safeParse(exported);
  if (parsed.success) return parsed.data;
  throw new OwnRewardError(
    `rewards.own: what ${path} exports by default is no reward:\n${z.prettifyError(parsed.error)}`,
  );
}
