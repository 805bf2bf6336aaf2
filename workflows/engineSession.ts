import { maximumEngineLosses, trainingPriority } from "../temporal.config.ts";
import { tellingWait, type OnWait } from "./engineWait.ts";
import { isLostEngine } from "./faults.ts";
import { engineActivities, shared } from "./proxies.ts";

/** One gpu process at a time, found when first needed and found anew when it is lost. */
export interface EngineSession {
  /** Runs activities on the process; when it is lost, runs them again on another, which restores the policy from the log. */
  run<T>(work: (activities: ReturnType<typeof engineActivities>) => Promise<T>): Promise<T>;
  /** Gives the process back: a run that rests holds no engine. */
  release(): Promise<void>;
  /** The queue held now, to go on with after continuing as new. */
  readonly queue: string | null;
}

export interface EngineSessionOptions {
  /** The queue of a process held before. */
  readonly heldQueue?: string | null;
  /** A higher number waits behind lower ones for a free process. */
  readonly priority?: number;
  readonly onWait: OnWait;
}

/** Opens a session without asking for a process: the first `run` finds one, unless `heldQueue` names it. */
export function createEngineSession(
  run: string,
  { heldQueue = null, priority = trainingPriority, onWait }: EngineSessionOptions,
): EngineSession {
  let queue = heldQueue;
  const find = (): Promise<{ readonly queue: string }> =>
    shared.acquireEngine.executeWithOptions({ summary: "find a free engine", priority: { priorityKey: priority } }, [
      { run },
    ]);
  return {
    get queue() {
      return queue;
    },
    release: async () => {
      if (queue === null) return;
      try {
        await engineActivities(queue).releaseEngine.executeWithOptions(
          { summary: "give the engine back", retry: { maximumAttempts: 1 } },
          [{ run }],
        );
      } catch (error) {
        // A process that is gone holds nothing.
        if (!isLostEngine(error)) throw error;
      }
      queue = null;
    },
    run: async (work) => {
      for (let losses = 0; ; losses++) {
        queue ??= (await tellingWait(find, onWait)).queue;
        try {
          return await work(engineActivities(queue));
        } catch (error) {
          if (!isLostEngine(error) || losses >= maximumEngineLosses) throw error;
          queue = null;
        }
      }
    },
  };
}
