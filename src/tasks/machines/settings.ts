import { z } from "zod";
import type { TaskDeclaration } from "../declaration.ts";
import { WorldSeed } from "../worldSeed.ts";

export const MachinesSettings = z.strictObject({ worldSeed: WorldSeed.default(1) });
export type MachinesSettings = z.infer<typeof MachinesSettings>;

export const machinesDeclaration = {
  name: "machines",
  describe: "embedded, of machine repair: no medicine, and a scale of its own",
  settings: MachinesSettings,
  preset: "quick",
  paths: [],
} as const satisfies TaskDeclaration;
