import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a request to the server holds, as far as tests look at it. */
export interface Received {
  readonly authorization: string | undefined;
  readonly user: string;
}

/** A reply: a status with an error, or the content of an answer. */
export type Reply = { readonly status: number } | { readonly content: string | null };

export interface ModelServer {
  readonly baseUrl: string;
  readonly received: readonly Received[];
  /** Most requests that were open at once. */
  readonly busiest: () => number;
  close(): Promise<void>;
}

/** An OpenAI-compatible server on the loopback that replies as told. */
export async function startModelServer(reply: (request: Received, count: number) => Reply): Promise<ModelServer> {
  const received: Received[] = [];
  let open = 0;
  let busiest = 0;
  const server = createServer((request, response) => {
    open++;
    busiest = Math.max(busiest, open);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { messages: { role: string; content: string }[] };
      const one = { authorization: request.headers.authorization, user: body.messages.find(({ role }) => role === "user")?.content ?? "" };
      received.push(one);
      const answer = reply(one, received.length);
      setTimeout(() => {
        open--;
        if ("status" in answer) response.writeHead(answer.status, { "content-type": "application/json", "retry-after-ms": "1" }).end(JSON.stringify({ error: { message: "no" } }));
        else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: answer.content } }], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } }));
      }, 5);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    received,
    busiest: () => busiest,
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()); }),
  };
}
