import { z } from "zod";
import { namedOnce } from "../domain/namedOnce.ts";
import { most, mostIterations } from "./bounds.ts";
import { StageGate } from "./gateSettings.ts";
import { RewardWeights } from "./rewardWeights.ts";

/** A stage's name stands in settings (`stages.NAME.iterations`), in the report and in the Temporal UI. */
export const StageName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/u, "use 1 to 40 lower-case letters, digits and hyphens, starting with a letter");

/** A stretch of training with one reward, or on demonstrations. */
export const Stage = z.strictObject({
  name: StageName,
  /** 0 leaves the stage out. */
  iterations: z
    .number()
    .int()
    .min(0)
    .max(...mostIterations),
  rewards: RewardWeights,
  /** What it learns from: what the policy samples where this is left out, or demonstrations (cross-entropy; its rewards weigh nothing). */
  learns: z.enum(["rollouts", "demonstrations"]).optional(),
  /** What its gate wants otherwise than `gate`; null for a stage that ends without one. */
  gate: StageGate.nullable().default({}),
});
export type Stage = z.infer<typeof Stage>;

/** The name of stage 0 (docs/warm-start.md): no schedule's. */
export const warmStartStage = "warm-start";

/** The stages of a run; names tell them apart. */
export const StageList = z
  .array(Stage)
  .min(1, "expected at least one stage")
  .max(...most(100, "a report shows each of them"))
  .superRefine(namedOnce((name) => `there is another stage "${name}"`))
  .superRefine((stages, context) => {
    for (const [index, { name }] of stages.entries())
      if (name === warmStartStage)
        context.addIssue({
          code: "custom",
          path: [index, "name"],
          message: `"${warmStartStage}" is the name of stage 0; choose another`,
        });
  });

/** All iterations of these stages. */
export function iterationsOf(stages: readonly Pick<Stage, "iterations">[]): number {
  return stages.reduce((sum, { iterations }) => sum + iterations, 0);
}
