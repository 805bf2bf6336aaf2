import { z } from "zod";
import { method } from "../parts/method.ts";
import { createRegistry } from "../parts/partRegistry.ts";
import { adaptive } from "./adaptive/adaptive.ts";
import { joint } from "./joint.ts";
import { retrievalFirst } from "./retrievalFirst.ts";
import { sft } from "./sft.ts";
import type { Schedule } from "./schedule.ts";
import { staged } from "./staged.ts";

/** How runs may go through their stages; nothing else lists them. */
export const schedules = createRegistry<Schedule>(
  "schedule",
  z.looseObject({
    next: method,
    outline: method,
    observes: z.boolean().optional(),
    endsByItself: z.boolean().optional(),
  }),
);
schedules.add(staged);
schedules.add(joint);
schedules.add(retrievalFirst);
schedules.add(adaptive);
schedules.add(sft);
