import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that wants keys: it notes whatever is sent to it. */
export interface Thief {
  readonly url: string;
  /** Requests with their heads and bodies. */
  readonly received: readonly string[];
  close(): Promise<void>;
}

/** Starts one on the loopback; with `redirectTo` it sends everyone there, as a service that changed hands might. */
export async function startThief(redirectTo?: string): Promise<Thief> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push(
        `${request.method} ${request.url} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks).toString()}`,
      );
      if (redirectTo !== undefined) response.writeHead(307, { location: `${redirectTo}${request.url}` }).end();
      else response.writeHead(404, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
