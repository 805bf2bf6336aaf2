import { startServer, type RunningServer } from "../server/startServer.ts";
import { createClosers, type Closers } from "./closers.ts";
import { openDisplay, type Display } from "./display.ts";
import type { Interruptions } from "./interruption.ts";
import { CliError } from "./cliError.ts";
import { superviseWorkers, type SupervisedWorkers } from "./workers.ts";
import { messageOf } from "../domain/messageOf.ts";

/** Where a laptop's server and workers are to be. */
export interface SiteRequest {
  readonly root: string;
  readonly port: number;
  readonly uiPort: number;
  readonly display: Pick<Display, "say">;
}

/** Starts the root's server, or joins the commands that use it. */
export async function openServer(
  { root, port, uiPort, display }: SiteRequest,
  closers: Closers,
): Promise<RunningServer> {
  const server = await startServer({ root, port, uiPort, onProgress: display.say }).catch((error: unknown) => {
    throw new CliError(messageOf(error), 1);
  });
  closers.push(async () => {
    const others = await server.stop();
    if (others > 0)
      display.say(
        `${others === 1 ? "Another command uses" : `${others} other commands use`} this root's server, and their workers go on with its unfinished runs.`,
      );
  });
  return server;
}

/** Starts this command's workers beside the server; each command has a gpu queue of its own name. */
export function openWorkers(
  { address, namespace, number }: RunningServer,
  { root, display }: SiteRequest,
  closers: Closers,
): SupervisedWorkers {
  const name = number === 1 ? "laptop" : `laptop-${number}`;
  const workers = superviseWorkers({ root, address, namespace, name, onRestart: display.say });
  closers.push(() => workers.stop());
  return workers;
}

/** Rejects when the server ends although it is used; never resolves. */
export async function serverLost(server: RunningServer, root: string, command: string): Promise<never> {
  await server.ended;
  throw new CliError(
    `The Temporal server ended (its log: ${root}/.server/server.log). Nothing is lost; go on with: ${command}`,
    1,
  );
}

/** Keeps server and workers until an interruption, which is how this is meant to end. */
export async function serveUi(request: Omit<SiteRequest, "display">, interruptions: Interruptions): Promise<number> {
  const display = openDisplay(process.stdout);
  const closers = createClosers();
  try {
    const serving = (async (): Promise<never> => {
      const server = await openServer({ ...request, display }, closers);
      const workers = openWorkers(server, { ...request, display }, closers);
      display.say(
        `Temporal UI: ${server.uiAddress}/namespaces/${server.namespace}/workflows. Start a workflow there (README, "From the Temporal UI"); Ctrl-C ends server and workers.`,
      );
      return Promise.race([workers.failed, serverLost(server, request.root, "npm start -- --resume")]);
    })();
    await Promise.race([interruptions.happened, serving]);
    display.say("Stopping: the workers finish what they hold …");
    return 0;
  } finally {
    await closers.closeAll();
    display.close();
  }
}
