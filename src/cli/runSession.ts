import { WorkflowFailedError, type WorkflowHandle } from "@temporalio/client";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { awaitResult } from "./awaitResult.ts";
import { createClosers, type Closers } from "./closers.ts";
import { startingProgress, type RunProgress } from "../domain/progress.ts";
import { connectCurriculum, curriculumId, readProgress } from "./curriculumClient.ts";
import type { Display } from "./display.ts";
import type { Interruption, Interruptions } from "./interruption.ts";
import { createRetryTeller, readPendingWork } from "./pendingWork.ts";
import { CliError, rootCause } from "./cliError.ts";
import { openServer, openWorkers, serverLost } from "./site.ts";
import { createWaitTeller } from "./waitTeller.ts";

export interface SessionRequest {
  readonly configuration: RunConfiguration;
  readonly root: string;
  readonly port: number;
  readonly uiPort: number;
  readonly display: Display;
  readonly interruptions: Interruptions;
}

export type SessionEnding = "finished" | Interruption;

/** Starts server and workers, runs the curriculum to its end or to an interruption, and stops all that it started. */
export async function runSession(request: SessionRequest): Promise<SessionEnding> {
  const { interruptions, display } = request;
  const closers = createClosers();
  try {
    return await Promise.race([interruptions.happened, follow(request, closers)]);
  } finally {
    if (interruptions.seen() !== null) display.say("Stopping: the workers finish what they hold …");
    await closers.closeAll();
  }
}

async function follow(request: SessionRequest, closers: Closers): Promise<SessionEnding> {
  const { configuration, display } = request;
  const { run } = configuration;
  const server = await openServer(request, closers);
  const curricula = await connectCurriculum(server.address, server.namespace);
  if (!server.adopted) for (const line of await curricula.putAsideOthers(curriculumId(run))) display.say(line);
  const workers = openWorkers(server, request, closers);
  const handle = await curricula.startOrAttach(configuration);
  const runAddress = `${server.uiAddress}/namespaces/${server.namespace}/workflows/${curriculumId(run)}`;
  display.say(`Run ${run}. Watch it in the Temporal UI: ${runAddress}`);
  await Promise.race([
    workers.failed,
    serverLost(server, request.root, "npm start -- --resume"),
    showUntilDone(handle, runAddress, display, workers.noteProgress),
  ]);
  return "finished";
}

/** Shows the progress every two seconds, as often as it is reported, until the workflow ends; its failure becomes the reason of the problem. */
async function showUntilDone(
  handle: WorkflowHandle,
  runAddress: string,
  display: Display,
  noteProgress: (reached: string) => void,
): Promise<void> {
  let done = false;
  const result = awaitResult(handle).finally(() => {
    done = true;
  });
  const ended = result.catch(() => undefined);
  const [retries, waits] = [createRetryTeller(), createWaitTeller(runAddress)];
  let [newest, doing]: [RunProgress, string | undefined] = [beforeAnyAnswer, undefined];
  const show = (): void => display.show(newest, doing);
  show();
  const showing = (async () => {
    while (!done) {
      const [progress, work] = await Promise.all([readProgress(handle), readPendingWork(handle)]);
      if (done) return;
      for (const line of retries(work)) display.say(line);
      [newest, doing] = [progress ?? newest, work.flatMap((one) => one.doing ?? []).at(0)];
      for (const line of waits(newest)) display.say(line);
      show();
      if (progress !== null) noteProgress(`${progress.phase} ${progress.iterationsDone}`);
      await Promise.race([sleep(2000), ended]);
    }
  })();
  // An answer may take long, of workers that are starting or busy; who waits is told meanwhile that the run is waited for.
  const again = setInterval(show, 2000);
  try {
    await result;
  } catch (error) {
    throw error instanceof WorkflowFailedError ? new CliError(`The run failed: ${rootCause(error)}`, 1) : error;
  } finally {
    clearInterval(again);
    await showing.catch(() => undefined);
  }
}

/** What is shown until a worker answers for the run. */
const beforeAnyAnswer: RunProgress = {
  ...startingProgress,
  message: "waiting for the workers",
  waitsForPerson: false,
  acts: [],
};
