import type { Continuation, StoppedTurn } from "../../../policy/port.ts";
import type { Replica } from "./replica.ts";

/** Methods of a replica that its thread offers. */
export type ReplicaMethod = {
  [Name in keyof Replica]: Replica[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Replica];

export type ReplicaResult<Name extends ReplicaMethod> = Awaited<ReturnType<Replica[Name]>>;

/** To the thread. */
export type ToReplica =
  | { readonly kind: "call"; readonly id: number; readonly method: ReplicaMethod; readonly args: readonly unknown[] }
  | { readonly kind: "continuations"; readonly id: number; readonly continuations: readonly Continuation[] }
  | { readonly kind: "responder-failed"; readonly id: number; readonly error: Error };

/** From the thread. */
export type FromReplica =
  | { readonly kind: "result"; readonly id: number; readonly value: unknown }
  | { readonly kind: "error"; readonly id: number; readonly error: Error }
  | { readonly kind: "progress"; readonly units: number; readonly tokens: number }
  | { readonly kind: "drawn"; readonly request: number; readonly token: number }
  | { readonly kind: "stopped"; readonly id: number; readonly stopped: readonly StoppedTurn[] };
