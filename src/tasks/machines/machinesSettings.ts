import { z } from "zod";
import { WorldSeed } from "../worldSeed.ts";

export const MachinesSettings = z.strictObject({ worldSeed: WorldSeed.default(1) });
export type MachinesSettings = z.infer<typeof MachinesSettings>;
