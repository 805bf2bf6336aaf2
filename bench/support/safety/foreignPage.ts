/** What a web page of another site can send without being asked first: simple methods and content types, an Origin that it does not choose. */
export interface PageRequest {
  readonly port: number;
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly origin: string;
  readonly contentType: string | null;
}

const origins = ["http://evil.example", "http://localhost:8080", "null"];
const simpleTypes = ["text/plain", "application/x-www-form-urlencoded", "application/json"];

/** Every way in which a page can try to start a workflow, or read one, on these ports. */
export function requestsOfPage(ports: readonly number[], workflowId: string): PageRequest[] {
  const start = `/api/v1/namespaces/default/workflows/${workflowId}`;
  const older = `/namespaces/default/workflows/${workflowId}`;
  return ports.flatMap((port) => origins.flatMap((origin) => [
    ...[start, older].flatMap((path) => simpleTypes.map((contentType): PageRequest => ({ port, path, method: "POST", origin, contentType }))),
    ...["/api/v1/namespaces", "/api/v1/namespaces/default/workflows"].map((path): PageRequest => ({ port, path, method: "GET", origin, contentType: null })),
  ]));
}

export interface PageAnswer {
  /** Null where the port speaks no HTTP. */
  readonly status: number | null;
  /** Whether a browser would let the page read the answer. */
  readonly readable: boolean;
}

/** Sends one request as the browser would for the page. */
export async function sendAsPage({ port, path, method, origin, contentType }: PageRequest): Promise<PageAnswer> {
  const body = JSON.stringify({ workflowType: { name: "curriculum" }, taskQueue: { name: "med-r3-cpu" }, input: [{}] });
  const headers = { origin, ...(contentType !== null && { "content-type": contentType }) };
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, signal: AbortSignal.timeout(5000), ...(method === "POST" && { body }) });
    await response.arrayBuffer();
    return { status: response.status, readable: ["*", origin].includes(response.headers.get("access-control-allow-origin") ?? "") };
  } catch {
    return { status: null, readable: false };
  }
}
