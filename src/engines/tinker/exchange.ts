import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
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

/** Milliseconds until a connection must stand. */
const connectPatience = 10_000;
/** Milliseconds that a connection without a request is kept: servers of the protocol close theirs after 5 s, and a request that meets that is lost. */
const idlePatience = 4000;

const kept = { keepAlive: true, timeout: idlePatience } as const;
const agents = { "http:": new HttpAgent(kept), "https:": new HttpsAgent(kept) } as const;

const unzip = promisify(gunzip);

/** One request and its whole answer. Redirects are not followed: a key goes to the operator's address and nowhere else. */
export async function exchange(
  server: TinkerServer,
  request: Request,
  seconds: number,
  signal?: AbortSignal,
): Promise<Outcome> {
  signal?.throwIfAborted();
  const sending = open(server, request);
  const connected = whetherConnected(sending);
  const late = new Error(`nothing within ${seconds} s`);
  const limit = setTimeout(() => sending.destroy(late), seconds * 1000);
  const abort = (): void => void sending.destroy();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const response = await answered(sending, request.payload);
    return await readAnswer(response);
  } catch (error) {
    signal?.throwIfAborted();
    const timedOut = error === late || sending.errored === late;
    const reason = reasonOf(error);
    if (!connected()) return { kind: "unsent", reason: `cannot be reached (${reason})` };
    return timedOut
      ? { kind: "lost", reason: `gave no answer within ${seconds} s`, timedOut }
      : { kind: "lost", reason: `broke off (${reason})`, timedOut };
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener("abort", abort);
  }
}

/** Over a connection that is kept for later requests. */
function open(server: TinkerServer, { method, path, payload, accept = "application/json" }: Request): ClientRequest {
  const url = new URL(`${server.url}/api/v1/${path}`);
  const isSecure = url.protocol === "https:";
  return (isSecure ? requestHttps : requestHttp)(url, {
    method,
    agent: agents[isSecure ? "https:" : "http:"],
    headers: {
      accept,
      "accept-encoding": "gzip",
      ...(payload && { "content-type": payload.type, "content-length": Buffer.byteLength(payload.bytes) }),
      ...(server.key !== null && { "x-api-key": server.key }),
    },
  });
}

/** Tells whether the connection stood, so that something may have reached the server. Gives up one that does not stand in time. */
function whetherConnected(sending: ClientRequest): () => boolean {
  let connected = false;
  sending.once("socket", (socket) => {
    if (!socket.connecting) return void (connected = true);
    const limit = setTimeout(
      () => sending.destroy(new Error(`no connection within ${connectPatience / 1000} s`)),
      connectPatience,
    );
    socket.once("close", () => clearTimeout(limit));
    socket.once("encrypted" in socket ? "secureConnect" : "connect", () => {
      clearTimeout(limit);
      connected = true;
    });
  });
  return () => connected;
}

/** Sends a request and waits for the head of its answer. */
function answered(sending: ClientRequest, payload: Payload | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sending.once("response", resolve);
    // Stays: what goes wrong later is an error of the answer as well.
    sending.on("error", reject);
    sending.end(payload?.bytes);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  const sent = Buffer.concat(parts);
  const { headers } = response;
  return {
    kind: "answer",
    status: response.statusCode ?? 0,
    type: (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "",
    retryAfter: readRetryAfter(headers["retry-after"] ?? null),
    body: headers["content-encoding"] === "gzip" ? await unzip(sent) : sent,
  };
}

/** What a failure says of its cause: its code, else its words. */
function reasonOf(error: unknown): string {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const code = inner instanceof Error && "code" in inner ? String(inner.code) : "";
  return code || messageOf(inner);
}
