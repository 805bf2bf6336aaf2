import { maximumEngineLosses } from "../temporal.config.ts";
import { isLostEngine } from "./faults.ts";
import { engineActivities, shared } from "./proxies.ts";

/** One gpu process at a time, found when first needed and found anew when it is lost. */
export interface EngineSession {
  /** Runs activities on the process; when it is lost, runs them again on another, which restores the policy from the log. */
  run<T>(work: (activities: ReturnType<typeof engineActivities>) => Promise<T>): Promise<T>;
  /** The queue held now, to go on with after continuing as new. */
  readonly queue: string | null;
}

export function createEngineSession(run: string, heldQueue: string | null): EngineSession {
  let queue = heldQueue;
  return {
    get queue() {
      return queue;
    },
    run: async (work) => {
      for (let losses = 0; ; losses++) {
        queue ??= (await shared.acquireEngine.executeWithOptions({ summary: "find a free engine" }, [{ run }])).queue;
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
