/** Figures of how a step's batches were sampled, among what is measured of batches; they come to the step's metrics with it. */

/** Updates that the policy which sampled is behind the one that learns: 0 or 1. */
export const stalenessMetric = "rollout/staleness";

/** Largest |sampled − recomputed| log-probability (nats) by the weights that sampled. */
export const gapMetric = "optim/log_probability_gap";

/** Seconds of rollout and search during which an update went on; no other figure of seconds counts them. */
export const overlappedMetric = "rollout/overlapped_s";
