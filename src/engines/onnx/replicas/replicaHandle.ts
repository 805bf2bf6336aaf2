import "../../../launch/quietRuntime.mjs";
import type { Worker } from "node:worker_threads";
import type { Responder } from "../../../policy/port.ts";
import { startThread } from "../../../threads/startThread.ts";
import type { Replica, ReplicaSetup } from "./replica.ts";
import type { FromReplica, ReplicaMethod, ReplicaResult, ToReplica } from "./replicaMessages.ts";

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What the caller of a replica hears while it works. */
export interface ReplicaListener {
  readonly responder: Responder | null;
  readonly onProgress: (units: number, tokens: number) => void;
  readonly onToken: (request: number, token: number) => void;
}

const silent: ReplicaListener = { responder: null, onProgress: () => undefined, onToken: () => undefined };

/** A replica in its own thread, so that its work never blocks this one. */
export class ReplicaHandle {
  readonly #worker: Worker;
  readonly #calls = new Map<number, PendingCall>();
  #next = 0;
  #failure: Error | null = null;
  listener: ReplicaListener = silent;

  constructor(setup: ReplicaSetup) {
    this.#worker = startThread(new URL("./replicaThread.ts", import.meta.url), setup);
    this.#worker.on("message", (message: FromReplica) => this.#receive(message));
    this.#worker.on("error", (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on("exit", () => this.#fail(new Error("the engine's thread has ended")));
    this.#worker.unref();
  }

  call<Name extends ReplicaMethod>(method: Name, ...args: Parameters<Replica[Name]>): Promise<ReplicaResult<Name>> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const id = this.#next++;
    const result = new Promise<unknown>((resolve, reject) => this.#calls.set(id, { resolve, reject }));
    if (this.#calls.size === 1) this.#worker.ref();
    this.#send({ kind: "call", id, method, args });
    return result as Promise<ReplicaResult<Name>>;
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(message: FromReplica): void {
    if (message.kind === "progress") this.listener.onProgress(message.units, message.tokens);
    else if (message.kind === "drawn") this.listener.onToken(message.request, message.token);
    else if (message.kind === "stopped") void this.#respond(message.id, message.stopped);
    else this.#settle(message);
  }

  #settle(message: Extract<FromReplica, { kind: "result" | "error" }>): void {
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if (this.#calls.size === 0) this.#worker.unref();
    if (message.kind === "result") call?.resolve(message.value);
    else call?.reject(message.error);
  }

  async #respond(id: number, stopped: Parameters<Responder["respond"]>[0]): Promise<void> {
    try {
      const { responder } = this.listener;
      if (responder === null) throw new Error("no responder to answer a stopped sequence");
      this.#send({ kind: "continuations", id, continuations: await responder.respond(stopped) });
    } catch (error) {
      this.#send({ kind: "responder-failed", id, error: error instanceof Error ? error : new Error(String(error)) });
    }
  }

  #send(message: ToReplica): void {
    this.#worker.postMessage(message);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const call of this.#calls.values()) call.reject(this.#failure);
    this.#calls.clear();
  }
}
