import { z } from "zod";

/** The policy before `step` on a branch (step 0: the base). */
export const PolicyAddress = z.object({ branch: z.string().min(1), step: z.number().int().min(0) });
export type PolicyAddress = z.infer<typeof PolicyAddress>;

/** A step of a branch, and which iteration of which stage it is; stages are numbered from 1. */
export interface StepAddress extends PolicyAddress {
  readonly stage: number;
  /** Number of the iteration in its stage, from 0. */
  readonly iteration: number;
}

/** Where a stage stands: the iteration to do next, or its end where all are done. */
export interface StagePosition extends StepAddress {
  readonly name: string;
  /** Iterations the stage is to have, extensions included. */
  readonly iterations: number;
  /** Whether it ends at a gate. */
  readonly gated: boolean;
}

/** An address together with the run that it is in. */
export type OfRun<Address> = Address & { readonly run: string };
