import { z } from "zod";
import type { TaskDeclaration } from "../declaration.ts";
import { WorldSeed } from "../worldSeed.ts";

export const WorldSettings = z.strictObject({
  /** The base checkpoint kept in the project was made for world 1. */
  worldSeed: WorldSeed,
});
export type WorldSettings = z.infer<typeof WorldSettings>;

export const worldDeclaration = {
  name: "world",
  describe: "the embedded one",
  settings: WorldSettings,
  preset: "quick",
  paths: [],
} as const satisfies TaskDeclaration;
