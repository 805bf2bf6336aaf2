import { z } from "zod";
import { most } from "../configuration/bounds.ts";
import { defaultRegime, longestChain, shortestChain } from "../world/regime.ts";

const share = (name: "known" | "misleading" | "corruptedReferences"): z.ZodDefault<z.ZodNumber> =>
  z.number().min(0).max(1).default(defaultRegime[name]);

/** How hard an embedded world is (docs/worlds.md); the defaults are the world of the presets. */
export const worldRegime = {
  /** Share of statements that the base's teacher searches for. Below a twentieth hardly a group of samples holds a search to learn from. */
  baseSearches: z.number().min(0.05).max(1).default(defaultRegime.baseSearches),
  /** Share of the worst band's documents that are wrong. */
  misleading: share("misleading"),
  /** Facts from fault to answer; each takes a search. */
  hops: z
    .number()
    .int()
    .min(shortestChain)
    .max(...most(longestChain, "a base of this size reads no longer chains"))
    .default(defaultRegime.hops),
  /** Share of the training faults whose facts the base remembers. */
  known: share("known"),
  /** Taken from a response's total for each search. */
  searchCost: z
    .number()
    .min(0)
    .max(...most(1, "a right answer is worth 1"))
    .default(defaultRegime.searchCost),
  /** Share of the training faults whose references argue wrongly. */
  corruptedReferences: share("corruptedReferences"),
  /** Share of the fields that no document is about: abstaining is right there. */
  silentFields: z
    .number()
    .min(0)
    .max(...most(0.5, "with more of them hardly anything is left to find"))
    .default(defaultRegime.silentFields),
};
