import { z } from "zod";
import { largestSeed } from "../configuration/bounds.ts";

/** Seed of an embedded world: equal seeds give equal worlds. */
export const WorldSeed = z
  .number()
  .int()
  .min(0)
  .max(...largestSeed);
