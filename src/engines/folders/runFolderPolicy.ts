import { join } from "node:path";
import type { FolderPolicy } from "../../policy/folderPolicy.ts";
import {
  DamagedCheckpointError,
  type CheckpointRef,
  type Responder,
  type OptimizerSettings,
  type Policy,
  type RunControl,
  type SampleRequest,
  type SavedPolicy,
  type TrainingBatch,
} from "../../policy/port.ts";
import {
  checkpointExists,
  checkpointsFolder,
  readManifest,
  verifyCheckpointFolder,
  writeCheckpointFolder,
} from "./checkpointFolder.ts";

/** A policy of folders as one of a run: its checkpoints are folders of the run, named relative to it, whole and checked or not there. */
export class RunFolderPolicy implements Policy {
  readonly replaysBitwise: boolean;
  readonly #policy: FolderPolicy;
  readonly #runFolder: string;
  /** Checkpoints that this process has verified; a checkpoint is never written to again. */
  readonly #verified = new Set<CheckpointRef>();

  constructor(policy: FolderPolicy, runFolder: string, replaysBitwise = true) {
    this.replaysBitwise = replaysBitwise;
    this.#policy = policy;
    this.#runFolder = runFolder;
  }

  get fingerprint(): string {
    return this.#policy.fingerprint;
  }
  get tokenizer(): Policy["tokenizer"] {
    return this.#policy.tokenizer;
  }
  get optimizerSteps(): number {
    return this.#policy.optimizerSteps;
  }
  get maximumTokens(): number | undefined {
    return this.#policy.maximumTokens;
  }

  stateHash(): Promise<string> {
    return this.#policy.stateHash();
  }
  sample(requests: readonly SampleRequest[], responder: Responder, control?: RunControl): ReturnType<Policy["sample"]> {
    return this.#policy.sample(requests, responder, control);
  }
  logProbabilities(sequences: readonly (readonly number[])[], control?: RunControl): Promise<Float32Array[]> {
    return this.#policy.logProbabilities(sequences, control);
  }
  async forwardBackward(
    { reference, ...batch }: TrainingBatch,
    control?: RunControl,
  ): ReturnType<Policy["forwardBackward"]> {
    if (reference === undefined) return this.#policy.forwardBackward(batch, control);
    await this.#verify(reference);
    return this.#policy.forwardBackward({ ...batch, referenceFolder: this.#folder(reference) }, control);
  }
  optimizerStep(settings: OptimizerSettings): ReturnType<Policy["optimizerStep"]> {
    return this.#policy.optimizerStep(settings);
  }
  discardGradient(): Promise<void> {
    return this.#policy.discardGradient();
  }
  close(): Promise<void> {
    return this.#policy.close();
  }

  async save(name: string): Promise<SavedPolicy> {
    const checkpoint = join(checkpointsFolder, name);
    const stateHash = await this.stateHash();
    if (!(await this.#isWhole(checkpoint, stateHash)))
      await writeCheckpointFolder(this.#folder(checkpoint), { name, stateHash }, (temporary) =>
        this.#policy.save(temporary),
      );
    return { ref: checkpoint, stateHash };
  }

  async load(checkpoint: CheckpointRef): Promise<string> {
    const folder = this.#folder(checkpoint);
    // The state's hash, which is computed once it is loaded, proves the files of tensors: gigabytes are not hashed twice.
    const { stateHash } = await verifyCheckpointFolder(folder, holdsTensors);
    const loaded = await this.#policy
      .load(folder)
      .then(() => this.stateHash())
      .catch(async (error: unknown) => {
        await verifyCheckpointFolder(folder);
        throw error;
      });
    if (loaded === stateHash) return loaded;
    await verifyCheckpointFolder(folder);
    throw new DamagedCheckpointError(`${folder}: loads as ${loaded}, expected ${stateHash}`);
  }

  holds(checkpoint: CheckpointRef): Promise<boolean> {
    return checkpointExists(this.#folder(checkpoint));
  }

  async #verify(checkpoint: CheckpointRef): Promise<void> {
    if (this.#verified.has(checkpoint)) return;
    await verifyCheckpointFolder(this.#folder(checkpoint));
    this.#verified.add(checkpoint);
  }

  async #isWhole(checkpoint: CheckpointRef, stateHash: string): Promise<boolean> {
    const folder = this.#folder(checkpoint);
    try {
      if ((await readManifest(folder)).stateHash !== stateHash) return false;
      await verifyCheckpointFolder(folder);
      return true;
    } catch (error) {
      if (error instanceof DamagedCheckpointError) return false;
      throw error;
    }
  }

  #folder(checkpoint: CheckpointRef): string {
    return join(this.#runFolder, checkpoint);
  }
}

function holdsTensors(name: string): boolean {
  return name.endsWith(".safetensors");
}
