import { parentPort, workerData } from "node:worker_threads";
import type { Continuation } from "../../../policy/port.ts";
import { Replica } from "./replica.ts";
import type { ReplicaSetup } from "./replica.ts";
import type { FromReplica, ToReplica } from "./replicaMessages.ts";

/** Serves one replica to the thread that started this one: calls in order, environment answers while a call runs. */
function serve(setup: ReplicaSetup): void {
  const port = parentPort;
  if (port === null) throw new Error("a replica runs in a worker thread");
  const send = (message: FromReplica): void => port.postMessage(message);
  const waiting = new Map<
    number,
    { resolve: (value: readonly Continuation[]) => void; reject: (error: Error) => void }
  >();
  let stops = 0;
  const replica = new Replica(setup, {
    progressed: (units, tokens) => send({ kind: "progress", units, tokens }),
    drawn: (request, token) => send({ kind: "drawn", request, token }),
    respond: (stopped) =>
      new Promise((resolve, reject) => {
        const id = stops++;
        waiting.set(id, { resolve, reject });
        send({ kind: "stopped", id, stopped });
      }),
  });
  let calls: Promise<void> = Promise.resolve();

  const answer = async (message: Extract<ToReplica, { kind: "call" }>): Promise<void> => {
    try {
      const method = replica[message.method] as (...args: readonly unknown[]) => unknown;
      send({ kind: "result", id: message.id, value: await method.apply(replica, [...message.args]) });
    } catch (error) {
      send({ kind: "error", id: message.id, error: error instanceof Error ? error : new Error(String(error)) });
    }
  };

  port.on("message", (message: ToReplica) => {
    if (message.kind === "call") {
      calls = calls.then(() => answer(message));
      return;
    }
    const stop = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === "continuations") stop?.resolve(message.continuations);
    else stop?.reject(message.error);
  });
}

serve(workerData as ReplicaSetup);
