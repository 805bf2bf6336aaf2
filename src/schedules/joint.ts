import { z } from "zod";
import type { Part } from "../parts/part.ts";
import { inOrder } from "./inOrder.ts";
import type { Schedule } from "./schedule.ts";

const Settings = z.strictObject({});

/** The field's baseline (docs/method.md#schedules): the same iterations and gates as the stages have, so that the two can be compared. */
export const joint: Part<Schedule, z.infer<typeof Settings>> = {
  name: "joint",
  describe: "the same stages, all with the rewards of the last one",
  settings: Settings,
  create: () =>
    inOrder((stages) => stages.map((stage) => ({ ...stage, rewards: stages.at(-1)?.rewards ?? stage.rewards }))),
};
