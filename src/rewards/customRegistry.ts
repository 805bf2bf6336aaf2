import { z } from "zod";
import { createRegistry } from "../parts/partRegistry.ts";

/** What a registry knows of a custom reward: subjects hold settings, which must not depend on subjects. */
export interface RegisteredReward {
  /** From 0 or above: a total is never below 0 before penalties, so that keeping the format pays more than breaking it. */
  readonly range: readonly [lowest: number, highest: number];
  /** In every stage's total where the run names none. */
  readonly weight: number;
  /** Why a value may be null, which is never the same as 0. */
  readonly nullMeans: string;
  readonly score: (subject: never) => number | null;
}

const Shape = z.looseObject({
  range: z
    .tuple([z.number(), z.number()])
    .refine(([lowest, highest]) => lowest < highest, "the lowest value comes first")
    .refine(
      ([lowest]) => lowest >= 0,
      "a total is never below 0 before penalties; shift the range to begin at 0 or above",
    ),
  weight: z.number().min(0),
  nullMeans: z.string().min(1),
  score: z.custom(
    (value) => typeof value === "function",
    "expected a function from a trajectory's subject to a number or null",
  ),
});

/** Rewards that extensions add. */
export const customRewards = createRegistry<RegisteredReward>("reward", Shape);
