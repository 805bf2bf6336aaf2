import { z } from "zod";
import { Spent } from "../domain/usage.ts";
import { StudyFile } from "./studyFile.ts";

const count = z.number().int().min(0);
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/u);

/** A unit of resampling (a disease) with the group that it belongs to (its specialty); null where the data name none. */
export const Cluster = z.strictObject({ name: z.string(), group: z.string().nullable() });
export type Cluster = z.infer<typeof Cluster>;

/** A pool that checkpoints were asked, with its clusters in the order of `byCluster`. */
export const PoolClusters = z.strictObject({ pool: z.string(), clusters: z.array(Cluster) });
export type PoolClusters = z.infer<typeof PoolClusters>;

/** A checkpoint's answers to a pool. Answers: several samples of a question count each. */
export const PoolAnswers = z.strictObject({
  /** Name of one of the cell's `pools`; "validation" is not held out. */
  pool: z.string(),
  right: count,
  /** Answers that could be graded. */
  total: count,
  /** Answers that a judge failed on: neither right nor wrong, in neither of the two above. */
  ungraded: count,
  /** The same by cluster, in the order of the pool's clusters. */
  byCluster: z.strictObject({ right: z.array(count), total: z.array(count) }),
  /** What else was measured, by name: `search/count` (per answer), `search/filter_share`, `harmful/share`, `abstained/share`, probes. */
  metrics: z.record(z.string(), z.number()),
});
export type PoolAnswers = z.infer<typeof PoolAnswers>;

/** An evaluated policy: the base (update 0), a stage's end, or where a gate looked at it. */
export const CheckpointAnswers = z.strictObject({
  /** Updates before it. */
  update: count,
  /** "base", "after reasoner", … */
  checkpoint: z.string(),
  pools: z.array(PoolAnswers),
});
export type CheckpointAnswers = z.infer<typeof CheckpointAnswers>;

/** Metrics of training, from the first update to the last: each point is the mean of `every` updates (the last of what is left). Null: not measured. Four digits. */
export const TrainingCurve = z.strictObject({
  every: z.number().int().min(1),
  /** Name of each update's stage. */
  stages: z.array(z.strictObject({ name: z.string(), updates: count })),
  metrics: z.record(z.string(), z.array(z.number().nullable())),
});
export type TrainingCurve = z.infer<typeof TrainingCurve>;

/** What the workers of a run ran on, by its log; null where it could not be had. Several are joined with " + ". */
export const CellVersions = z.strictObject({
  package: z.string().nullable(),
  node: z.string().nullable(),
  processor: z.string().nullable(),
  /** Commit of the checkout, with "-dirty" behind it where files differ from it. */
  commit: z.string().nullable(),
  /** Fingerprint of the engine of the last update; null without an update. */
  engine: z.string().nullable(),
  /** Fingerprint of questions and corpus. */
  data: z.string(),
});
export type CellVersions = z.infer<typeof CellVersions>;

/** What a finished run came to. */
export const CellOutcome = z.strictObject({
  pools: z.array(PoolClusters),
  /** Answers by update; the last ones are those of the policy that the arm ended with. */
  checkpoints: z.array(CheckpointAnswers).min(1),
  curve: TrainingCurve,
  updates: count,
  /** Trajectories that were learnt from or sampled for it, on the branch that counts. */
  samples: count,
  /** Recoveries of guards and branches, in words. */
  events: z.array(z.string()),
  /** Tokens, requests, seconds of work, money (null: no price). */
  spent: Spent,
  versions: CellVersions,
});
export type CellOutcome = z.infer<typeof CellOutcome>;

/** Where a cell is in the study. */
export const CellAddress = z.strictObject({
  arm: z.string(),
  regime: z.string(),
  /** `data.worldSeed`; null where the data have no worlds. */
  world: count.nullable(),
  seed: count,
});
export type CellAddress = z.infer<typeof CellAddress>;

/** "held": waited for a person when the study went on; "pending": not run yet. */
export const CellStatus = z.enum(["finished", "failed", "held", "pending"]);
export type CellStatus = z.infer<typeof CellStatus>;

/** One run of a study. */
export const StudyCell = CellAddress.extend({
  /** Its name; its folder where it was run. */
  run: z.string(),
  /** Hash of the resolved configuration without the run's name. */
  configurationHash: Sha256,
  status: CellStatus,
  /** Why it failed or is held. */
  cause: z.string().nullable(),
  /** Null unless it is finished. */
  outcome: CellOutcome.nullable(),
}).strict();
export type StudyCell = z.infer<typeof StudyCell>;

/** What each arm that trains gets, the same for all; an arm without updates is a base. */
export const ArmBudget = z.strictObject({
  updates: count,
  /** Steps of the optimiser. */
  optimizerSteps: count,
  /** Questions and samples over all updates. */
  questions: count,
  samples: count,
});
export type ArmBudget = z.infer<typeof ArmBudget>;

export const resultFormat = 1;

/** `study.json`: everything a study came to, finished or not. */
export const StudyResult = z.strictObject({
  format: z.literal(resultFormat),
  name: z.string(),
  /** SHA-256 of the declaring file's bytes: another file is another study. */
  studyHash: Sha256,
  study: StudyFile,
  /** Budgets by arm, of the first regime that has it. */
  budgets: z.array(z.strictObject({ arm: z.string(), budget: ArmBudget })),
  /** Every declared cell, in the order of regimes, worlds, seeds, arms. */
  cells: z.array(StudyCell),
  counts: z.strictObject({ finished: count, failed: count, held: count, pending: count }),
  /** What is to be known beside the numbers, in words: mixed versions, unequal work, branches. */
  notes: z.array(z.string()),
});
export type StudyResult = z.infer<typeof StudyResult>;
