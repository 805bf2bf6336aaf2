import type { ForwardBackwardMetrics, Policy, RunControl, TrainingBatch } from "./port.ts";

/** A batch whose KL term compares with the policy in a folder. */
export interface FolderBatch extends Omit<TrainingBatch, "reference"> {
  /** Folder of the reference policy, of the same shape; wanted where the loss has a KL term. */
  readonly referenceFolder?: string | undefined;
}

/** A policy that is saved to and loaded from model folders (Hugging Face layout): what embedded engines are at heart. */
export interface FolderPolicy extends Omit<Policy, "save" | "load" | "holds" | "forwardBackward" | "replaysBitwise"> {
  forwardBackward(batch: FolderBatch, control?: RunControl): Promise<ForwardBackwardMetrics>;
  /** Writes weights, tokenizer, optimiser state into an existing empty folder. */
  save(folder: string): Promise<void>;
  /** Replaces weights and optimiser state by those of a folder; a folder without optimiser state starts it fresh. */
  load(folder: string): Promise<void>;
}
