import { Context } from "@temporalio/activity";
import { queues } from "../temporal.config.ts";

export interface EngineWaitActivities {
  /** Says why no gpu process is free, by which workers poll the shared queue. */
  explainEngineWait(): Promise<string>;
}

/** Value of the enumeration TaskQueueType. */
const activityQueue = 2;

export function createEngineWaitActivities(): EngineWaitActivities {
  return {
    explainEngineWait: async () => {
      const { workflow, options } = Context.current().client;
      const { pollers } = await workflow.workflowService.describeTaskQueue({
        namespace: options.namespace,
        taskQueue: { name: queues.gpu },
        taskQueueType: activityQueue,
      });
      const workers = new Set(pollers?.map(({ identity }) => identity));
      if (workers.size === 0)
        return `no gpu worker asks the queue ${queues.gpu} for work; start one: npm run worker -- --role gpu`;
      return `${workers.size === 1 ? "the only gpu worker is" : `all ${workers.size} gpu workers are`} at work for other runs, or just ended`;
    },
  };
}
