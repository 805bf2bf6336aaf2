import { z } from "zod";
import { most, mostIterations, mostQuestions } from "./bounds.ts";

export const GateConfiguration = z.strictObject({
  /** Validation questions compared before and after the stage. */
  questions: z
    .number()
    .int()
    .min(2)
    .max(...mostQuestions),
  /** Level of the bootstrap interval. */
  confidence: z.number().gt(0.5).lt(1),
  /** The interval's lower end must reach this gain in accuracy (share, not points) for the gate to promote by itself. */
  minimumGain: z.number().min(-1).max(1),
  /** What a gate does that does not promote: "flag" goes on and marks it, "hold" waits for a person. */
  otherwise: z.enum(["flag", "hold"]),
  /** Times a stage is extended before `otherwise` applies. */
  maximumExtensions: z
    .number()
    .int()
    .min(0)
    .max(...most(1000, "each extension is a stage's gate more")),
  extensionIterations: z
    .number()
    .int()
    .min(1)
    .max(...mostIterations),
});
export type GateConfiguration = z.infer<typeof GateConfiguration>;

/** What a stage may want otherwise than the run: all but the questions, which the gates before and after it share. */
export const StageGate = GateConfiguration.omit({ questions: true }).partial().strict();
export type StageGate = z.infer<typeof StageGate>;
