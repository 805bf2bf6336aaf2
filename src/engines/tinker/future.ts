import { z } from "zod";
import { described, parseJson, saysForgotten, type Connection } from "./connection.ts";
import {
  ModelForgottenError,
  TinkerAmbiguousError,
  TinkerRefusedError,
  TinkerUnavailableError,
  type TinkerError,
} from "./errors.ts";
import { exchange, type Answer, type Outcome } from "./exchange.ts";
import { pause } from "./patience.ts";
import { printable, reasonIn } from "./reason.ts";

/** How a server answers with the result of a request. */
export interface Awaited {
  readonly requestId: string;
  /** A result that is lost can be had by sending the request again. */
  readonly repeatable: boolean;
  readonly accept: string;
}

/** The server has thrown a result away: the original request is to be sent again, where that does no harm. */
export class ResultGone extends Error {
  override readonly name = "ResultGone";
}

/** Further polls of a future that a server does not know: some gateways know it a moment later. */
const unknownPolls = 5;

const TryAgain = z.looseObject({ type: z.literal("try_again") });
const MetadataOnly = z.looseObject({ status: z.literal("complete_metadata") });
const Failed = z.looseObject({ error: z.string(), category: z.string().optional() });

/** What one poll says: a result, nothing yet, or why there will be none. */
type Poll =
  | { readonly kind: "result"; readonly answer: Answer }
  | { readonly kind: "pending" }
  | { readonly kind: "failing"; readonly what: string; readonly retryAfter: number | null; readonly most: number }
  | { readonly kind: "over"; readonly error: Error };

/**
 * Polls a future until its result is there. Throws the errors of errors.ts; ResultGone where the server threw the
 * result away and the request may be sent again.
 */
export async function awaitResult(connection: Connection, awaited: Awaited, signal?: AbortSignal): Promise<Answer> {
  const { patience, server } = connection;
  const body = JSON.stringify({ request_id: awaited.requestId });
  const payload = { type: "application/json", bytes: body } as const;
  const deadline = Date.now() + patience.futureSeconds * 1000;
  let failures = 0;
  while (Date.now() < deadline) {
    const outcome = await exchange(
      server,
      { method: "POST", path: "retrieve_future", payload, accept: awaited.accept },
      patience.pollSeconds,
      signal,
    );
    const poll = read(connection, awaited, outcome);
    if (poll.kind === "result") return poll.answer;
    if (poll.kind === "over") throw poll.error;
    if (poll.kind === "pending") {
      failures = 0;
      // A long poll holds the answer back by itself; a server that answers "not yet" at once is not to be hammered.
      await pause(patience, 1, null, signal);
      continue;
    }
    failures++;
    if (failures >= Math.min(patience.attempts, poll.most)) throw lost(connection, awaited, poll.what);
    await pause(patience, failures, poll.retryAfter, signal);
  }
  throw lost(connection, awaited, `has not finished it within ${patience.futureSeconds} s`);
}

function read(connection: Connection, awaited: Awaited, outcome: Outcome): Poll {
  const { server, shown, patience } = connection;
  if (outcome.kind === "lost" && outcome.timedOut) return { kind: "pending" };
  if (outcome.kind !== "answer")
    return { kind: "failing", what: outcome.reason, retryAfter: null, most: patience.attempts };
  const { status, retryAfter } = outcome;
  if (status === 408) return { kind: "pending" };
  if (status < 300) return readSuccess(connection, awaited, outcome);
  const reason = reasonIn(outcome, server.key);
  const what = `answered retrieve_future with status ${status}: ${reason}`;
  if (status === 404) return { kind: "failing", what, retryAfter, most: unknownPolls };
  if (status === 410)
    return { kind: "over", error: awaited.repeatable ? new ResultGone(what) : lost(connection, awaited, what) };
  if (status === 409 || status === 425 || status === 429 || status >= 500)
    return { kind: "failing", what, retryAfter, most: patience.attempts };
  if (status === 400 && saysForgotten(reason)) return { kind: "over", error: new ModelForgottenError(shown, what) };
  const advice =
    status === 401 || status === 403
      ? "check the key in the variable that the operator's list names for it"
      : "change what it refuses; the request failed there and took no effect";
  return { kind: "over", error: new TinkerRefusedError(shown, what, advice) };
}

function readSuccess(connection: Connection, awaited: Awaited, answer: Answer): Poll {
  const { shown, server, patience } = connection;
  if (answer.type === "application/x-protobuf") return { kind: "result", answer };
  const value = answer.type.endsWith("json") || answer.type === "" ? parseJson(answer) : undefined;
  if (typeof value !== "object" || value === null) {
    const what = `answered retrieve_future with ${described(connection, answer)}`;
    return { kind: "failing", what, retryAfter: answer.retryAfter, most: patience.attempts };
  }
  if (TryAgain.safeParse(value).success || MetadataOnly.safeParse(value).success) return { kind: "pending" };
  const failed = Failed.safeParse(value);
  if (!failed.success) return { kind: "result", answer };
  const what = `failed the request: ${printable(failed.data.error, server.key)}`;
  if (saysForgotten(failed.data.error)) return { kind: "over", error: new ModelForgottenError(shown, what) };
  if (failed.data.category === "user")
    return { kind: "over", error: new TinkerRefusedError(shown, what, "change what it refuses") };
  return { kind: "over", error: lost(connection, awaited, what) };
}

/** The result is lost: where the request may be repeated, it is retried later; else nobody knows what took effect. */
function lost({ shown }: Connection, { requestId, repeatable }: Awaited, what: string): TinkerError {
  return repeatable
    ? new TinkerUnavailableError(shown, what, "send the request again later")
    : new TinkerAmbiguousError(shown, `took request ${requestId} and ${what}`, requestId);
}
