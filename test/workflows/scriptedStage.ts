import { afterEach } from "vitest";
import { queues } from "../../temporal.config.ts";
import type { Script } from "./scripted.ts";
import { startScripted, type ScriptedWorkers } from "./scriptedWorkers.ts";

export const stageId = "curriculum-scripted-stage-reasoner";

type Options = Parameters<typeof startScripted>[1];

/** Scripted workers for one test at a time, which are stopped behind it. */
export function scriptedStages() {
  let workers: ScriptedWorkers | undefined;
  afterEach(async () => {
    await workers?.stop();
    workers = undefined;
  });
  const start = async (script: Script, options: Options = {}): Promise<ScriptedWorkers> => {
    workers = await startScripted(script, options);
    return workers;
  };
  return {
    start,
    /** The workers of the test at work. */
    current: (): ScriptedWorkers | undefined => workers,
    /** The stage's result. */
    run: async (script: Script, input: Record<string, unknown>, options: Options = {}): Promise<unknown> => {
      const { client } = await start(script, options);
      return client.workflow.execute("stage", {
        workflowId: stageId,
        taskQueue: queues.cpu,
        args: [{ run: "scripted", stage: "reasoner", ...input }],
      });
    },
  };
}
