import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a request to the server holds, as far as tests look at it. */
export interface Received {
  readonly authorization: string | undefined;
  readonly user: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A reply: a status with an error, the content of an answer (with what else its message and choice hold), or a whole body. */
export type Reply =
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly content: unknown; readonly message?: object; readonly ended?: string }
  | { readonly body: string };

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
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown> & {
        messages?: { role: string; content: string }[];
      };
      const one = {
        authorization: request.headers.authorization,
        user: body.messages?.find(({ role }) => role === "user")?.content ?? "",
        body,
      };
      received.push(one);
      const answer = reply(one, received.length);
      setTimeout(() => {
        open--;
        const [status, text, headers] = written(answer);
        response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
      }, 5);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    received,
    busiest: () => busiest,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function written(reply: Reply): [status: number, body: string, headers: Readonly<Record<string, string>>] {
  if ("status" in reply)
    return [
      reply.status,
      reply.body ?? JSON.stringify({ error: { message: "no" } }),
      { "retry-after-ms": "1", ...reply.headers },
    ];
  if ("body" in reply) return [200, reply.body, {}];
  const choice = {
    index: 0,
    finish_reason: reply.ended ?? "stop",
    message: { role: "assistant", content: reply.content, ...reply.message },
  };
  return [
    200,
    JSON.stringify({ choices: [choice], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } }),
    {},
  ];
}
