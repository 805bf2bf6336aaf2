import { iterationsOf } from "../configuration/stages.ts";
import { z } from "zod";
import type { Part } from "../parts/part.ts";
import { inOrder } from "./inOrder.ts";
import type { Schedule } from "./schedule.ts";

const Settings = z.strictObject({
  /** Share of all the stages' iterations that go to retrieval. */
  retrievalShare: z.number().gt(0).lt(1).default(0.5),
});

/**
 * Two stages over the iterations that all configured ones have together: retrieval recall alone, then the answer alone (DeSA,
 * arXiv 2510.04695; docs/method.md#schedules). The first has no gate: a gate asks for a gain in accuracy, which its reward does not aim at.
 */
export const retrievalFirst: Part<Schedule, z.infer<typeof Settings>> = {
  name: "retrieval-first",
  describe: "retrieval recall alone, then the answer alone, over the iterations of all stages together",
  settings: Settings,
  create: ({ retrievalShare }) =>
    inOrder((stages) => {
      const total = iterationsOf(stages);
      const retrieval = Math.round(total * retrievalShare);
      return [
        { name: "retrieval", iterations: retrieval, rewards: { retrievalRecall: 1 }, gate: null },
        { name: "answer", iterations: total - retrieval, rewards: { answer: 1 }, gate: {} },
      ];
    }),
};
