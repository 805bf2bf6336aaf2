import {
  CancellationScope,
  defineSignal,
  getExternalWorkflowHandle,
  setCurrentDetails,
  sleep,
  workflowInfo,
} from "@temporalio/workflow";
import { markdownText } from "../src/output/markdown.ts";
import { engineWaitTold } from "../temporal.config.ts";
import { cpu } from "./proxies.ts";

/** What a child tells its curriculum while it waits for an engine: why, in words; null when it has one. */
export const childWaitsSignal = defineSignal<[string | null]>("childWaits");

/** Hears why an engine is waited for, and null when the wait is over. */
export type OnWait = (reason: string | null) => void | Promise<void>;

/** Shows a wait in the workflow's details and tells the workflow that started it. */
export async function tellWait(reason: string | null): Promise<void> {
  setCurrentDetails(reason === null ? "" : `**waits for an engine**: ${markdownText(reason)}`);
  const { parent } = workflowInfo();
  if (parent === undefined) return;
  // A report that does not arrive is no reason to stop.
  await getExternalWorkflowHandle(parent.workflowId)
    .signal(childWaitsSignal, reason)
    .catch(() => undefined);
}

/** Finds an engine; when that takes long, says why to those who look. */
export async function tellingWait<T>(find: () => Promise<T>, onWait: OnWait): Promise<T> {
  const scope = new CancellationScope();
  let told = false;
  const telling = scope
    .run(async () => {
      await sleep(engineWaitTold, { summary: "an engine is waited for" });
      const reason = await cpu.explainEngineWait.executeWithOptions({ summary: "why no engine is free" }, []);
      told = true;
      await onWait(reason);
    })
    .catch(() => undefined);
  try {
    return await find();
  } finally {
    scope.cancel();
    await telling;
    if (told) await onWait(null);
  }
}
