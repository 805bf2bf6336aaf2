import { z } from "zod";
import { worldRegime } from "../worldRegime.ts";
import { WorldSeed } from "../worldSeed.ts";

export const WorldSettings = z.strictObject({
  /** The base checkpoint kept in the project was made for world 1. */
  worldSeed: WorldSeed,
  ...worldRegime,
});
export type WorldSettings = z.infer<typeof WorldSettings>;
