import { z } from "zod";
import { worldRegime } from "../worldRegime.ts";
import { WorldSeed } from "../worldSeed.ts";

export const MachinesSettings = z.strictObject({ worldSeed: WorldSeed.default(1), ...worldRegime });
export type MachinesSettings = z.infer<typeof MachinesSettings>;
