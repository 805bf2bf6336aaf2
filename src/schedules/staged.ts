import { z } from "zod";
import type { Part } from "../parts/part.ts";
import { inOrder } from "./inOrder.ts";
import type { Schedule } from "./schedule.ts";

const Settings = z.strictObject({});

/** The curriculum of the paper (docs/method.md#the-idea). */
export const staged: Part<Schedule, z.infer<typeof Settings>> = {
  name: "staged",
  describe: "the stages one after the other, each with its own rewards",
  settings: Settings,
  create: () => inOrder((stages) => stages),
};
