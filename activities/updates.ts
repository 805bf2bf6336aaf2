import type { PolicyAddress, StagePosition } from "./runs.ts";

/** An applied step (`snapshot`: its policy was saved), or one that a guard refused before it counted. */
export type UpdateResult = { readonly kind: "applied"; readonly stateHash: string; readonly snapshot: boolean } | { readonly kind: "refused"; readonly guard: string; readonly message: string };

export interface UpdateActivities {
  /** Puts the base policy into the run as the checkpoint before step 0. */
  prepareBase(input: { readonly run: string }): Promise<void>;
  /** Applies the recorded plan of the iteration and records what it led to. */
  update(position: StagePosition): Promise<UpdateResult>;
  /** Snapshots a policy for good. */
  keepCheckpoint(address: PolicyAddress): Promise<void>;
}

export interface RecoveryActivities {
  /** Opens a branch from the last good checkpoint with a lower learning rate; refuses when the stage's budget is spent. */
  recover(input: StagePosition & { readonly guard: string; readonly message: string }): Promise<StagePosition>;
}
