import { z } from "zod";
import {
  ModelForgottenError,
  TinkerAmbiguousError,
  TinkerConflictError,
  TinkerRefusedError,
  TinkerReplyError,
  TinkerUnavailableError,
  type TinkerError,
} from "./errors.ts";
import { exchange, type Answer, type Outcome, type Request } from "./exchange.ts";
import { pause, usualPatience, type Patience } from "./patience.ts";
import { printable, reasonIn } from "./reason.ts";
import { shownServer, type TinkerServer } from "./server.ts";

/** One server, as all calls to it share it. */
export interface Connection {
  readonly server: TinkerServer;
  readonly shown: string;
  readonly patience: Patience;
}

/** Describes a server for calls; nothing is sent. */
export function connect(server: TinkerServer, patience: Patience = usualPatience): Connection {
  return { server, shown: shownServer(server), patience };
}

/**
 * Sends a request until it is answered with a status of success. `repeatable` says that a request sent twice does no more than one
 * sent once; any other is never sent again once it may have arrived. Throws the errors of errors.ts.
 */
export async function send(
  connection: Connection,
  request: Request,
  repeatable: boolean,
  signal?: AbortSignal,
): Promise<Answer> {
  const { server, patience } = connection;
  for (let failures = 1; ; failures++) {
    const outcome = await exchange(server, request, patience.requestSeconds, signal);
    if (outcome.kind === "answer" && outcome.status < 300) return outcome;
    const error = failureOf(connection, outcome, request.path, repeatable);
    if (!error.retryable || failures >= patience.attempts) throw error;
    await pause(patience, failures, outcome.kind === "answer" ? outcome.retryAfter : null, signal);
  }
}

/** Sends a request that is answered at once, with an answer of a given shape. */
export async function ask<T>(
  connection: Connection,
  request: Request,
  schema: z.ZodType<T>,
  repeatable: boolean,
  signal?: AbortSignal,
): Promise<T> {
  const { shown, patience } = connection;
  for (let failures = 1; ; failures++) {
    const answer = await send(connection, request, repeatable, signal);
    const parsed = schema.safeParse(parseJson(answer));
    if (parsed.success) return parsed.data;
    const what = `answered ${request.path} with ${described(connection, answer)}`;
    if (!repeatable) throw new TinkerAmbiguousError(shown, what, null);
    if (failures >= patience.attempts) throw notTheProtocol(shown, what);
    await pause(patience, failures, null, signal);
  }
}

/** The error for a reply that does not follow the protocol. */
export function notTheProtocol(shown: string, what: string): TinkerReplyError {
  return new TinkerReplyError(
    shown,
    what,
    "check that the address is that of a Tinker server and not of a proxy or of another service before it",
  );
}

/** What an answer is that cannot be read. */
export function described({ server }: Connection, answer: Answer): string {
  const words = printable(answer.body.subarray(0, 1000).toString("utf8"), server.key);
  return `${answer.type || "no content type"} that is no answer of the protocol: ${words || "nothing"}`;
}

/** Undefined for what is no JSON. */
export function parseJson({ body }: Answer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

const forgotten =
  /(model|session|checkpoint|adapter|sampler)\b.*\b(not (be )?(found|loaded)|unknown|expired|unloaded|does not exist|no longer)|unknown (model|session)/iu;

/** Whether a server's words say that it lost a model, not that the request is wrong. */
export function saysForgotten(reason: string): boolean {
  return forgotten.test(reason);
}

function failureOf({ server, shown }: Connection, outcome: Outcome, path: string, repeatable: boolean): TinkerError {
  const passing = (what: string): TinkerError =>
    new TinkerUnavailableError(shown, what, "try again later; nothing took effect");
  const unclear = (what: string): TinkerError =>
    repeatable ? passing(what) : new TinkerAmbiguousError(shown, `${what} to ${path}`, null);
  if (outcome.kind === "unsent") return passing(outcome.reason);
  if (outcome.kind === "lost") return unclear(outcome.reason);
  const { status } = outcome;
  const said = `answered ${path} with status ${status}: ${reasonIn(outcome, server.key)}`;
  if (status === 429 || status === 425) return passing(said);
  if (status >= 500 || status === 408) return unclear(said);
  if (status < 400)
    return new TinkerRefusedError(shown, said, "redirects are not followed: give the address that it names itself");
  if (status === 401 || status === 403)
    return new TinkerRefusedError(shown, said, "check the key in the variable that the operator's list names for it");
  if (status === 409) return new TinkerConflictError(shown, said, "take another name or the next sequence number");
  if (status === 410 || ((status === 404 || status === 400) && saysForgotten(said)))
    return new ModelForgottenError(shown, said);
  if (status === 413) return new TinkerRefusedError(shown, said, "send smaller micro-batches");
  return new TinkerRefusedError(
    shown,
    said,
    "change what it refuses (npm run check-engine shows what the server takes)",
  );
}
