import { readRetryAfter } from "./patience.ts";
import type { TinkerServer } from "./server.ts";
import { messageOf } from "../../domain/messageOf.ts";

/** A body as it is sent. */
export interface Payload {
  readonly type: "application/json" | "application/x-protobuf";
  readonly bytes: string | Uint8Array<ArrayBuffer>;
}

/** What became of one request. */
export type Outcome =
  | Answer
  /** Nothing reached the server. */
  | { readonly kind: "unsent"; readonly reason: string }
  /** Something reached it, or may have, and no whole answer came back; `timedOut`: none began within the time given. */
  | { readonly kind: "lost"; readonly reason: string; readonly timedOut: boolean };

export interface Answer {
  readonly kind: "answer";
  readonly status: number;
  /** Media type in small letters, without parameters; "" where there is none. */
  readonly type: string;
  /** In seconds. */
  readonly retryAfter: number | null;
  readonly body: Buffer;
}

export interface Request {
  readonly method: "GET" | "POST";
  /** Below /api/v1/. */
  readonly path: string;
  readonly payload?: Payload;
  readonly accept?: string;
}

/** Codes of failures that happen before the first byte of a request is sent. */
const beforeSending =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|UND_ERR_CONNECT_TIMEOUT|CERT_.*|.*_CERT.*|ERR_TLS.*|ERR_SSL.*)$/u;

/** One request and its whole answer. Redirects are not followed: a key goes to the operator's address and nowhere else. */
export async function exchange(
  server: TinkerServer,
  { method, path, payload, accept = "application/json" }: Request,
  seconds: number,
  signal?: AbortSignal,
): Promise<Outcome> {
  const limit = AbortSignal.timeout(seconds * 1000);
  try {
    const response = await fetch(`${server.url}/api/v1/${path}`, {
      method,
      redirect: "manual",
      headers: {
        accept,
        ...(payload && { "content-type": payload.type }),
        ...(server.key !== null && { "x-api-key": server.key }),
      },
      ...(payload && { body: payload.bytes }),
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    const body = Buffer.from(await response.arrayBuffer());
    const type = (response.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
    const retryAfter = readRetryAfter(response.headers.get("retry-after"));
    return { kind: "answer", status: response.status, type, retryAfter, body };
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted) return { kind: "lost", reason: `gave no answer within ${seconds} s`, timedOut: true };
    const { code, reason } = describe(error);
    return beforeSending.test(code)
      ? { kind: "unsent", reason: `cannot be reached (${reason})` }
      : { kind: "lost", reason: `broke off (${reason})`, timedOut: false };
  }
}

/** What a failed fetch says of its cause. */
function describe(error: unknown): { readonly code: string; readonly reason: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const inner = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  const code = inner instanceof Error && "code" in inner ? String(inner.code) : "";
  return { code, reason: code || messageOf(inner) };
}
