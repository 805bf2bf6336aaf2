import { defineSearchAttributeKey } from "@temporalio/common";

/** Where a laptop's own server listens; the standard TEMPORAL_* environment variables point elsewhere. */
export const server = { address: "127.0.0.1:7233", uiPort: 8233, namespace: "default" } as const;

/** Task queues. Each gpu process also serves a queue of its own, named by `engineQueue`; `rollouts` has the shards of rollouts, which any gpu process takes. */
export const queues = { cpu: "med-r3-cpu", gpu: "med-r3-gpu", rollouts: "med-r3-rollouts" } as const;

/** The queue of one gpu process: activities that need its resident engine. */
export function engineQueue(process: string): string {
  return `${queues.gpu}-${process}`;
}

/** Columns and filters of the list of workflows. */
export const searchAttributes = {
  run: defineSearchAttributeKey("MedR3Run", "KEYWORD"),
  /** By its name. */
  stage: defineSearchAttributeKey("MedR3Stage", "KEYWORD"),
  iteration: defineSearchAttributeKey("MedR3Iteration", "INT"),
  accuracy: defineSearchAttributeKey("MedR3Accuracy", "DOUBLE"),
  reward: defineSearchAttributeKey("MedR3Reward", "DOUBLE"),
  engine: defineSearchAttributeKey("MedR3Engine", "KEYWORD"),
  gateState: defineSearchAttributeKey("MedR3GateState", "KEYWORD"),
  regression: defineSearchAttributeKey("MedR3Regression", "BOOL"),
  corpus: defineSearchAttributeKey("MedR3Corpus", "KEYWORD"),
  study: defineSearchAttributeKey("MedR3Study", "KEYWORD"),
} as const;

/** Types of failures; those listed under `neverRetried` are not retried by the server. */
export const failureTypes = {
  badInput: "BadInput",
  aborted: "Aborted",
  needsPerson: "NeedsPerson",
  outOfMemory: "OutOfMemory",
  lostEngine: "LostEngine",
  otherEngine: "OtherEngine",
  held: "Held",
  failedInPart: "FailedInPart",
  nothingAccepted: "NothingAccepted",
  /** An error's type is its name (src/parts/partFault.ts). */
  partFault: "PartFaultError",
} as const;
const neverRetried = [
  failureTypes.badInput,
  failureTypes.needsPerson,
  failureTypes.outOfMemory,
  failureTypes.lostEngine,
  failureTypes.partFault,
];

/** Attempts from which a failure of the work itself, unlike the death of a worker, is not tried again. */
export const maximumFailures = 4;

/** Work on the cpu queue: short and idempotent. */
export const cpuActivity = {
  taskQueue: queues.cpu,
  startToCloseTimeout: "1 hour",
  heartbeatTimeout: "3 seconds",
  retry: {
    initialInterval: "200 milliseconds",
    maximumInterval: "3 seconds",
    maximumAttempts: 50,
    nonRetryableErrorTypes: neverRetried,
  },
} as const;

/** Work on a corpus: a large one's indexes are built in one piece. */
export const indexActivity = { ...cpuActivity, startToCloseTimeout: "12 hours" } as const;

/** Shards of a corpus: prepared at once over all workers, prepared in one history, taken in by one activity; a run waits this long for another's indexing before it looks again. */
export const indexing = {
  shardsAtOnce: 8,
  shardsPerHistory: 500,
  shardsPerCommit: 64,
  patience: "10 seconds",
} as const;

/** Finding a gpu process: waits as long as none is free. */
export const acquireActivity = {
  taskQueue: queues.gpu,
  startToCloseTimeout: "30 days",
  heartbeatTimeout: "3 seconds",
  retry: { initialInterval: "1 second", maximumInterval: "10 seconds", nonRetryableErrorTypes: neverRetried },
} as const;

/** A worker of the cpu role takes on as much as leaves the machine this much of memory and processors in use (shares). */
export const cpuWorkerTuner = { tunerOptions: { targetMemoryUsage: 0.8, targetCpuUsage: 0.9 } } as const;

/** Work on a gpu process' own queue. A process that does not start it in time is gone: another one is acquired. */
export const engineActivity = {
  startToCloseTimeout: "12 hours",
  scheduleToStartTimeout: "10 seconds",
  heartbeatTimeout: "3 seconds",
  retry: {
    initialInterval: "200 milliseconds",
    maximumInterval: "3 seconds",
    maximumAttempts: 50,
    nonRetryableErrorTypes: neverRetried,
  },
} as const;

/** A shard of a rollout: waits as long as no gpu process is free, and is taken up again by whichever is. */
export const shardActivity = {
  taskQueue: queues.rollouts,
  startToCloseTimeout: "12 hours",
  heartbeatTimeout: "3 seconds",
  retry: { initialInterval: "200 milliseconds", maximumInterval: "3 seconds", nonRetryableErrorTypes: neverRetried },
} as const;

/** A gpu process that cannot take a shard now hands it back for this long. */
export const shardHandedBack = "500 milliseconds";

/** Attempts after which processes of another engine than the shard's are all there seem to be: the policy is shared anew. */
export const maximumShardRefusals = 60;

/** A wait for a gpu process is told to people after this time. */
export const engineWaitTold = "5 seconds";

/** Place in the queue for an engine; lower numbers go first, 1 to 5. */
export const trainingPriority = 3;

/** Engines lost in a row before the run is held. */
export const maximumEngineLosses = 10;

/** A workflow's turn takes milliseconds: one that lasts this long was on a worker that died, and another takes it over. */
export const workflowTaskTimeout = "5 seconds";

/** Heartbeats are sent this often, whatever the timeout. */
export const heartbeatInterval = "1 second";

/** Iterations of a stage in one history; about 20 events each, far below the limit of 51,200. */
export const iterationsPerHistory = 100;

/** Studies: runs of one history, and failures one after the other at which a person is wanted. */
export const studies = { runsPerHistory: 100, failuresInARow: 5 } as const;

/** Progress reports of a stage to its curriculum at most, so that long stages do not fill the curriculum's history. */
export const progressReportsPerStage = 500;

/** Milliseconds between them at least: what is told wakes the curriculum, beside the training. */
export const progressReportSpacing = 2000;

/** The nightly evaluation: applied to the server by `npm run schedules`, as often as one likes. */
export const nightly = {
  scheduleId: "med-r3-nightly",
  /** Hour and minute, UTC. */
  at: { hour: 3, minute: 0 },
  /** A night that is still at work when the next one is due goes on; the next one is left out. */
  overlap: "SKIP",
  /** A server that was down starts what it missed within this time, once. */
  catchupWindow: "12 hours",
  /** A failed night does not stop the following ones. */
  pauseOnFailure: false,
  /** Input of the workflow `nightlyEvaluation`: which runs and pools, and whom to tell. */
  input: { runs: null, pools: null, webhook: null },
  /** Level of the interval of the paired comparison. */
  confidence: 0.95,
  /** Behind training. */
  priority: 5,
} as const;
