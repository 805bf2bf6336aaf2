import { request } from "node:http";
import { blockedPorts } from "../../../src/server/ports.ts";

/** What a web page of another site can send without being asked first: simple methods and content types, an Origin that it does not choose. */
export interface PageRequest {
  readonly port: number;
  readonly path: string;
  readonly method: "GET" | "POST";
  /** The name that the page asks for; its own when that was made to lead to this machine (DNS rebinding). */
  readonly host: string;
  /** Null where a browser sends none: a GET of the page's own site. */
  readonly origin: string | null;
  readonly contentType: string | null;
}

const origins = ["http://evil.example", "http://localhost:8080", "null"];
const simpleTypes = ["text/plain", "application/x-www-form-urlencoded", "application/json"];

/** Names of pages that lead to this machine, and names that only look like the machine's own. */
const reboundNames = [
  "evil.example",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "localhost.",
  "evil.example:80@localhost",
];
const apiPaths = ["/api/v1/namespaces", "/api/v1/namespaces/default/workflows", "/", "/nexus/endpoints", "/metrics"];

/** Every way in which a page can try to start a workflow, or read one, on these ports. */
export function requestsOfPage(ports: readonly number[], workflowId: string): PageRequest[] {
  const start = `/api/v1/namespaces/default/workflows/${workflowId}`;
  const older = `/namespaces/default/workflows/${workflowId}`;
  return ports.flatMap((port) =>
    origins.flatMap((origin) => [
      ...[start, older].flatMap((path) =>
        simpleTypes.map(
          (contentType): PageRequest => ({
            port,
            path,
            method: "POST",
            host: `127.0.0.1:${port}`,
            origin,
            contentType,
          }),
        ),
      ),
      ...["/api/v1/namespaces", "/api/v1/namespaces/default/workflows", "/metrics"].map(
        (path): PageRequest => ({ port, path, method: "GET", host: `127.0.0.1:${port}`, origin, contentType: null }),
      ),
    ]),
  );
}

/** The same of a page whose own name leads to this machine by now: for the browser all of it is one site, so that the page may read every answer. */
export function requestsOfReboundPage(ports: readonly number[], workflowId: string): PageRequest[] {
  const start = `/api/v1/namespaces/default/workflows/${workflowId}`;
  return ports.flatMap((port) =>
    reboundNames.flatMap((name) => [
      ...apiPaths.map(
        (path): PageRequest => ({
          port,
          path,
          method: "GET",
          host: `${name}:${port}`,
          origin: null,
          contentType: null,
        }),
      ),
      {
        port,
        path: start,
        method: "POST",
        host: `${name}:${port}`,
        origin: `http://${name}:${port}`,
        contentType: "application/json",
      },
    ]),
  );
}

/** Whether the page got what it wanted: an answer that it may read, or a start that was taken. */
export function gotThrough({ method }: PageRequest, { status, readable }: PageAnswer): boolean {
  return readable || (method === "POST" && status !== null && status < 400);
}

export interface PageAnswer {
  /** Null where the port speaks no HTTP. */
  readonly status: number | null;
  /** Whether a browser would let the page read the answer, and it is no refusal. */
  readonly readable: boolean;
}

/** Sends one request as the browser would for the page; a browser sends none to a port that it blocks. */
export function sendAsPage({ port, path, method, host, origin, contentType }: PageRequest): Promise<PageAnswer> {
  if (blockedPorts.includes(port)) return Promise.resolve({ status: null, readable: false });
  const body =
    method === "POST"
      ? JSON.stringify({ workflowType: { name: "curriculum" }, taskQueue: { name: "med-r3-cpu" }, input: [{}] })
      : "";
  const headers = {
    host,
    ...(origin !== null && { origin }),
    ...(contentType !== null && { "content-type": contentType }),
  };
  return new Promise((resolve) => {
    const silent = (): void => resolve({ status: null, readable: false });
    const sent = request({ host: "127.0.0.1", port, path, method, headers, timeout: 5000 }, (answer) => {
      const status = answer.statusCode ?? null;
      const own = origin === null || origin === `http://${host}`;
      const allowed = answer.headers["access-control-allow-origin"];
      answer.resume().once("close", () =>
        resolve({
          status,
          readable: status !== null && status < 400 && (own || allowed === "*" || allowed === origin),
        }),
      );
    });
    sent.once("error", silent).once("timeout", () => sent.destroy());
    sent.end(body);
  });
}
