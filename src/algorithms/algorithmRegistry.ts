import { z } from "zod";
import { guardNames } from "../domain/guard.ts";
import { PlannedLoss } from "../domain/step.ts";
import { metricGroups } from "../parts/metricGroups.ts";
import { method } from "../parts/method.ts";
import { createRegistry } from "../parts/partRegistry.ts";
import type { Algorithm } from "./algorithm.ts";
import { dapo } from "./dapo.ts";
import { drGrpo } from "./drGrpo.ts";
import { gdpo } from "./gdpo.ts";
import { grpo } from "./grpo.ts";
import { gspo } from "./gspo.ts";
import { reinforcePlusPlus } from "./reinforcePlusPlus.ts";
import { sft } from "./sft.ts";

/** How policies may learn; nothing else lists them. */
export const algorithms = createRegistry<Algorithm>(
  "algorithm",
  z.looseObject({
    loss: PlannedLoss,
    advantages: method,
    lossDivisor: method,
    questionsWanted: method,
    guards: z.array(z.enum(guardNames)),
    metrics: method,
  }),
  metricGroups,
);
algorithms.add(grpo);
algorithms.add(dapo);
algorithms.add(drGrpo);
algorithms.add(gspo);
algorithms.add(reinforcePlusPlus);
algorithms.add(gdpo);
algorithms.add(sft);
