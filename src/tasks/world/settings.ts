import { z } from "zod";
import { largestSeed } from "../../configuration/bounds.ts";
import type { TaskDeclaration } from "../declaration.ts";

export const WorldSettings = z.strictObject({
  /** Seed of the embedded world; the base checkpoint kept in the project was made for world 1. */
  worldSeed: z
    .number()
    .int()
    .min(0)
    .max(...largestSeed),
});
export type WorldSettings = z.infer<typeof WorldSettings>;

export const worldDeclaration = {
  name: "world",
  describe: "the embedded one",
  settings: WorldSettings,
  preset: "quick",
  paths: [],
} as const satisfies TaskDeclaration;
