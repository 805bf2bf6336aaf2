import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";

/**
 * A server of the Tinker protocol that computes nothing and keeps nothing: samples are as long as asked, every log-probability is −1. A result is there
 * `delay` milliseconds after its request. Run as a process of its own, so that its memory and work are nobody else's; it prints its port.
 */
const delay = Number(process.argv[2] ?? 0);

const Input = z.looseObject({
  num_samples: z.number().optional(),
  sampling_params: z.looseObject({ max_tokens: z.number() }).optional(),
  forward_input: z.looseObject({ data: z.array(z.unknown()) }).optional(),
  forward_backward_input: z.looseObject({ data: z.array(z.unknown()) }).optional(),
  request_id: z.string().optional(),
});
type Input = z.infer<typeof Input>;
const Datum = z.object({ loss_fn_inputs: z.object({ target_tokens: z.object({ data: z.array(z.number()) }) }) });

const futures = new Map<string, { readonly answer: string; readonly readyAt: number }>();
let made = 0;

function resultOf(path: string, input: Input): unknown {
  const data = (input.forward_input ?? input.forward_backward_input)?.data;
  if (data !== undefined)
    return {
      loss_fn_output_type: "scalar",
      metrics: {},
      loss_fn_outputs: data.map((one) => {
        const { length } = Datum.parse(one).loss_fn_inputs.target_tokens.data;
        return { logprobs: { data: Array.from({ length }, () => -1), dtype: "float32", shape: [length] } };
      }),
    };
  if (path === "asample") {
    const length = input.sampling_params?.max_tokens ?? 1;
    const sequence = {
      tokens: Array.from({ length }, (_, place) => 1 + (place % 30)),
      logprobs: Array.from({ length }, () => -1),
      stop_reason: "length",
    };
    return {
      type: "sample",
      prompt_logprobs: null,
      sequences: Array.from({ length: input.num_samples ?? 1 }, () => sequence),
    };
  }
  return { metrics: { "silent/grad_norm": 1 }, path: `tinker://model_1/${path}/${++made}`, model_id: "model_1" };
}

async function answer(path: string, body: string): Promise<string> {
  if (path === "get_server_capabilities") return JSON.stringify({ supported_models: [{ model_name: "silent" }] });
  const input = Input.parse(JSON.parse(body === "" ? "{}" : body));
  if (path === "retrieve_future") {
    const future = futures.get(input.request_id ?? "");
    await wait(Math.max(0, (future?.readyAt ?? 0) - Date.now()));
    futures.delete(input.request_id ?? "");
    return future?.answer ?? "{}";
  }
  const id = `${++made}`;
  futures.set(id, { answer: JSON.stringify(resultOf(path, input)), readyAt: Date.now() + delay });
  return JSON.stringify({
    request_id: id,
    model_id: "model_1",
    session_id: "session_1",
    sampling_session_id: `sampling_${id}`,
  });
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

const server = createServer((request, response) => {
  void read(request)
    .then((body) => answer((request.url ?? "").replace("/api/v1/", ""), body))
    .then(
      (text) => response.writeHead(200, { "content-type": "application/json" }).end(text),
      (error: unknown) => response.writeHead(422).end(String(error)),
    );
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on("disconnect", () => process.exit());
