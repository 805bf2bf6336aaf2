/** How a server's losses become one number before the gradient is taken. */
export type Reduction =
  /** Σ over all tokens of weight · loss; the client divides. */
  | "sum"
  /** For each sequence Σ weight · loss ÷ Σ weight, then the mean over all sequences since the last optimiser step. */
  | "sequence-mean"
  /** Σ weight · loss ÷ Σ weight over all tokens since the last optimiser step. */
  | "token-mean";

/** Whether a limit of the gradient's norm is kept. */
export type GradientClip =
  /** As each optimiser step asks for. */
  | "per-step"
  /** As the server was started with, whatever a step asks for. */
  | "server"
  /** Never. */
  | "none";

/** What servers do differently under the same protocol: all that the rest has to know of one. */
export interface Dialect {
  /** As `--dialect` and reports write it. */
  readonly name: string;
  /** In one line. */
  readonly describe: string;
  /** Names of its losses that mean what the protocol says they mean. */
  readonly losses: readonly string[];
  readonly reduction: Reduction;
  /** Bounds of the ratio in `ppo` where a request names none. */
  readonly defaultClip: readonly [low: number, high: number];
  /** c of the dual clip that `ppo` has by itself; null without one. */
  readonly dualClip: number | null;
  /** Ratio above which `importance_sampling` is cut; null where it is not. */
  readonly largestRatio: number | null;
  readonly gradientClip: GradientClip;
  /** A request with a model and a sequence number that it has seen does nothing more. */
  readonly deduplicates: boolean;
  /** Whether the tokens of a stop string, and a stop token, come back. */
  readonly stopStrings: "included" | "cut";
  /** Whether a sequence ends at the model's own end token without being asked to. */
  readonly endsByItself: boolean;
  /** What it does with sequence numbers. */
  readonly sequenceIds: "ignored" | "ordered" | "recognised";
  /** What it takes for forward–backward; all else is JSON everywhere. */
  readonly encoding: "json" | "protobuf";
  /** Whether the state of the optimiser comes back with the weights. */
  readonly optimizerOnLoad: "always" | "as-asked";
  /** Whether a state may be loaded only as a model's first request. */
  readonly loadsFirstOnly: boolean;
  /** Whether weights to sample from are apart, so that older ones leave the model in training as it is. */
  readonly separateSampling: boolean;
  /** Kinds of training; full is asked for by rank 0. */
  readonly weights: readonly ("adapters" | "full")[];
  /** Whether losses of a policy gradient take the mask as `weights`; elsewhere an advantage of 0 masks. */
  readonly takesMask: boolean;
  /** What says that the server can train: its health, or a model that was made. */
  readonly ready: "health" | "first-model";
}
