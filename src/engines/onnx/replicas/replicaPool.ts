import type { Responder, RunControl } from "../../../policy/port.ts";
import type { ProviderOptions } from "../../../onnx/graphSession.ts";
import type { ModelConfig } from "../model/modelConfig.ts";
import { layOutModel } from "../model/lora.ts";
import type { LoraSettings } from "../model/lora.ts";
import { countParameters } from "../model/parameters.ts";
import { ReplicaHandle } from "./replicaHandle.ts";
import type { Replica } from "./replica.ts";
import type { ReplicaMethod, ReplicaResult } from "./replicaMessages.ts";

export interface PoolSetup {
  readonly config: ModelConfig;
  readonly lora: LoraSettings | null;
  /** Folder of the weights that adapters leave as they are; null without adapters. */
  readonly baseFolder: string | null;
  readonly options: ProviderOptions;
  readonly replicas: number;
  readonly tokenizerFolder: string;
  readonly recomputeActivations: boolean;
}

/** Long work that reports progress, can be cancelled, and may ask a responder. */
export interface PoolWork {
  readonly control: RunControl | undefined;
  /** Units that all replicas together will report. */
  readonly work: number;
  /** What is being done, in words, after so many tokens at so many a second. */
  readonly describe: (tokens: number, rate: number) => string;
  readonly responder: Responder | null;
}

/** All replicas of a model; each method calls them at the same time and answers in their order. */
export class ReplicaPool {
  readonly #replicas: readonly ReplicaHandle[];
  readonly #cancelFlag = new SharedArrayBuffer(4);

  constructor({ config, lora, baseFolder, options, replicas, tokenizerFolder, recomputeActivations }: PoolSetup) {
    // Rounded up as the replicas' arrays are.
    const weights = Math.ceil(countParameters(layOutModel(config, lora).trained) / 4) * 4;
    const exchange = new SharedArrayBuffer(replicas > 1 ? replicas * weights * 4 : 0);
    const cancelFlag = this.#cancelFlag;
    this.#replicas = Array.from(
      { length: replicas },
      (_, index) =>
        new ReplicaHandle({
          config,
          lora,
          baseFolder,
          options,
          index,
          replicas,
          exchange,
          cancelFlag,
          tokenizerFolder,
          recomputeActivations,
        }),
    );
  }

  /** Calls a method without arguments. */
  all<Name extends ReplicaMethod>(
    method: Parameters<Replica[Name]> extends [] ? Name : never,
  ): Promise<ReplicaResult<Name>[]> {
    return this.each(method, () => [] as never);
  }

  async first<Name extends ReplicaMethod>(
    method: Name,
    ...args: Parameters<Replica[Name]>
  ): Promise<ReplicaResult<Name>> {
    const [replica] = this.#replicas;
    if (replica === undefined) throw new Error("a pool has at least one replica");
    return replica.call(method, ...args);
  }

  /** Calls a method with arguments of its own for each replica; fails after all have ended when one did. */
  async each<Name extends ReplicaMethod>(
    method: Name,
    args: (replica: number) => Parameters<Replica[Name]>,
    work?: PoolWork,
  ): Promise<ReplicaResult<Name>[]> {
    const signal = work?.control?.signal;
    signal?.throwIfAborted();
    const cancel = (): void => void Atomics.store(new Int32Array(this.#cancelFlag), 0, 1);
    signal?.addEventListener("abort", cancel);
    this.#listen(work);
    try {
      const results = await Promise.allSettled(
        this.#replicas.map((replica, index) => replica.call(method, ...args(index))),
      );
      signal?.throwIfAborted();
      return results.map((result) => {
        if (result.status === "rejected") throw result.reason;
        return result.value;
      });
    } finally {
      signal?.removeEventListener("abort", cancel);
      Atomics.store(new Int32Array(this.#cancelFlag), 0, 0);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.terminate()));
  }

  #listen(work: PoolWork | undefined): void {
    const started = performance.now();
    let [done, read] = [0, 0];
    for (const replica of this.#replicas) {
      replica.listener = {
        responder: work?.responder ?? null,
        onToken: (request, token) => work?.control?.onToken?.(request, token),
        onProgress: (units, tokens) => {
          [done, read] = [done + units, read + tokens];
          if (work === undefined || work.work === 0) return;
          const rate = (1000 * read) / Math.max(1, performance.now() - started);
          work.control?.onProgress?.(Math.min(1, done / work.work), work.describe(read, rate));
        },
      };
    }
  }
}
