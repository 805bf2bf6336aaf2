import { z } from "zod";
import { most, mostIterations } from "./bounds.ts";

const iterations = z
  .number()
  .int()
  .min(1)
  .max(...mostIterations);

/** When a run learns from demonstrations before its stages, and how: settings of `warmStart` beside those of the demonstrations themselves. */
export const warmStartTraining = {
  /** "auto": where a model that is not built in fails the protocol probe. */
  when: z.enum(["auto", "on", "off"]).default("auto"),
  /** The protocol probe: validation questions that a model that is not built in answers first. */
  probeQuestions: z
    .number()
    .int()
    .min(1)
    .max(...most(1000, "a share is known well enough by then"))
    .default(16),
  /** "auto" warms up below this share of the probe's answers in the protocol. */
  minimumFormatShare: z.number().min(0).max(1).default(0.5),
  /** Most iterations; each learns from as many demonstrations as an iteration of the stages has samples. */
  iterations: iterations.default(40),
  /** Iterations between two looks at the held-out demonstrations. */
  every: iterations.default(10),
  /** It ends where their loss fell by less than this share between two looks. */
  minimumGain: z.number().min(0).max(1).default(0.01),
  learningRate: z
    .number()
    .positive()
    .max(...most(10, "a step of this size destroys any policy"))
    .default(1e-5),
};
