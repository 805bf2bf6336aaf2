import type { IncomingMessage, ServerResponse } from "node:http";

/** What a fake server does wrong, once. */
export const faultKinds = [
  /** Of a future that it knows. */
  "404",
  "408",
  "409",
  "410",
  "429",
  "429-seconds",
  "429-date",
  "500",
  "503",
  "try-again",
  "hang",
  "truncated",
  "wrong-type",
  /** The connection breaks before anything is done. */
  "lost-before",
  /** The connection breaks after all is done. */
  "lost-after",
  /** The request fails in the server. */
  "failed",
  /** One log-probability too few. */
  "other-length",
  "no-logprobs",
  /** The server starts anew and knows no model. */
  "forget",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  /** A path, or `retrieve_future`. */
  readonly on: string;
  readonly kind: FaultKind;
}

/** Faults that spoil an answer on its way. Whether the request was handled before is the server's affair. */
export function answerWith(kind: FaultKind, request: IncomingMessage, response: ServerResponse, body: string): void {
  const json = (status: number, value: unknown, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
  };
  switch (kind) {
    case "404":
      return json(404, { detail: "Future not found" });
    case "408":
      return json(408, { detail: "Timeout waiting for result", queue_state: "active" });
    case "409":
      return json(409, { detail: "Being retrieved by another request" });
    case "410":
      return json(410, { detail: "Promise is gone" });
    case "429":
      return json(429, { detail: "Too many requests" }, { "retry-after": "0" });
    case "429-seconds":
      return json(429, { detail: "Too many requests" }, { "retry-after": "1" });
    case "429-date":
      return json(429, { detail: "Too many requests" }, { "retry-after": new Date(Date.now() + 500).toUTCString() });
    case "500":
      return json(500, { detail: "Unknown error" });
    case "503":
      return json(503, { detail: "upstream connect error" });
    case "try-again":
      return json(200, { type: "try_again", request_id: "0", queue_state: "paused_capacity" });
    case "failed":
      return json(200, { error: "worker died", category: "server" });
    case "truncated":
      response.writeHead(200, { "content-type": "application/json", "content-length": String(body.length + 10) });
      response.write(body.slice(0, Math.max(1, Math.floor(body.length / 2))));
      setTimeout(() => request.socket.destroy(), 5);
      return;
    case "wrong-type":
      response.writeHead(200, { "content-type": "text/html" }).end("<html><body>Sign in to go on</body></html>");
      return;
    case "lost-before":
    case "lost-after":
      request.socket.destroy();
      return;
    default:
      return;
  }
}
