import { z } from "zod";
import type { CallOptions } from "./api.ts";
import { ask, notTheProtocol, parseJson, type Connection } from "./connection.ts";
import { TinkerReplyError, TinkerUnavailableError } from "./errors.ts";
import type { Answer, Payload } from "./exchange.ts";
import { awaitResult, ResultGone } from "./future.ts";
import { Submitted } from "./results.ts";

/** A request that the server answers with a future. */
export interface FutureCall<T> {
  readonly path: string;
  readonly payload: Payload;
  /** Sent twice it does no more than sent once. */
  readonly repeatable: boolean;
  readonly read: (answer: Answer) => T;
  /** JSON when left out. */
  readonly accept?: string;
}

/** Times that a request is sent again because the server threw its result away. */
const mostRepeats = 2;

/** Sends a request, or takes up the one that an earlier attempt got an id for, and waits for its result. */
export async function callFuture<T>(
  connection: Connection,
  { path, payload, repeatable, read, accept = "application/json" }: FutureCall<T>,
  { accepted, onAccepted, signal }: Omit<CallOptions, "sequence"> = {},
): Promise<T> {
  let requestId = accepted;
  for (let repeats = 0; ; repeats++) {
    if (requestId === undefined) {
      requestId = await ask(connection, { method: "POST", path, payload }, Submitted, repeatable, signal);
      onAccepted?.(requestId);
    }
    try {
      return read(await awaitResult(connection, { requestId, repeatable, accept }, signal));
    } catch (error) {
      if (!(error instanceof ResultGone)) throw error;
      if (repeats >= mostRepeats)
        throw new TinkerUnavailableError(connection.shown, error.message, "send the request again later");
      requestId = undefined;
    }
  }
}

/** Reads a result in JSON. Throws TinkerReplyError for another shape. */
export function jsonResult<T>({ shown }: Connection, path: string, schema: z.ZodType<T>): (answer: Answer) => T {
  return (answer) => {
    const parsed = schema.safeParse(parseJson(answer));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const field = issue?.path.join(".") || "result";
    throw notTheProtocol(shown, `answered ${path} with another shape (${field}: ${issue?.message ?? "wrong"})`);
  };
}

/** Reads a result in the form that the server chose. */
export function eitherResult<T>(
  connection: Connection,
  path: string,
  schema: z.ZodType<T>,
  decode: (bytes: Uint8Array) => unknown,
): (answer: Answer) => T {
  const fromJson = jsonResult(connection, path, schema);
  return (answer) => {
    if (answer.type !== protobufType) return fromJson(answer);
    try {
      return schema.parse(decode(answer.body));
    } catch (error) {
      const reason = error instanceof z.ZodError ? (error.issues[0]?.message ?? "") : String(error);
      const what = `answered ${path} with protobuf that cannot be read (${reason.slice(0, 200)})`;
      throw new TinkerReplyError(connection.shown, what, "check that it speaks the protocol of tinker 0.25 or newer");
    }
  };
}

export const protobufType = "application/x-protobuf";
