import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Dialect } from "../../../src/engines/tinker/dialects/dialect.ts";
import { answerWith, type Fault } from "./faults.ts";
import { Input } from "./input.ts";
import { Machine, Refusal, type Vocabulary, type Wrong } from "./machine.ts";
import { protobufResult, readJsonBatch, readProtobufBatch } from "./wire.ts";

export interface FakeOptions {
  /** X-API-Key that every request must carry; none when left out. */
  readonly key?: string;
  /** From a request to its result, in milliseconds. */
  readonly delay?: number;
  readonly models?: readonly string[];
  readonly wrong?: Wrong;
  readonly vocabulary?: Vocabulary;
}

interface Future {
  readonly result: Record<string, unknown> | Refusal;
  readonly readyAt: number;
}

/** A server of the Tinker protocol on the loopback: real arithmetic, one dialect, faults as scripted. */
export class FakeTinker {
  readonly machine: Machine;
  readonly requests: { readonly path: string; readonly body: string }[] = [];
  readonly #faults: Fault[] = [];
  readonly #futures = new Map<string, Future>();
  readonly #recognised = new Map<string, { readonly requestId: string; readonly body: string }>();
  readonly #highest = new Map<string, number>();
  readonly #samplers = new Map<string, string>();
  readonly #server: Server;
  readonly #options: FakeOptions;
  #url = "";
  #next = 1;

  private constructor(dialect: Dialect, options: FakeOptions) {
    this.machine = new Machine(dialect, options.wrong, options.vocabulary);
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        const status = error instanceof Refusal ? error.status : 422;
        const detail = error instanceof Error ? error.message : String(error);
        respond(response, status, { detail });
      });
    });
  }

  static async start(dialect: Dialect, options: FakeOptions = {}): Promise<FakeTinker> {
    const fake = new FakeTinker(dialect, options);
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    fake.#url = `http://127.0.0.1:${(fake.#server.address() as AddressInfo).port}`;
    return fake;
  }

  get url(): string {
    return this.#url;
  }

  /** Each fault meets the next request that it is for. */
  inject(...faults: readonly Fault[]): void {
    this.#faults.push(...faults);
  }

  get faultsLeft(): number {
    return this.#faults.length;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").replace("/api/v1/", "");
    const body = await readBody(request);
    this.requests.push({ path, body: body.toString("utf8") });
    if (this.#options.key !== undefined && request.headers["x-api-key"] !== this.#options.key)
      return respond(response, 401, { detail: `Invalid API key ${String(request.headers["x-api-key"])}` });
    const fault = this.#take(path);
    if (fault?.kind === "hang") return;
    if (fault?.kind === "forget") this.machine.forget();
    const isWhole = fault === undefined || ["other-length", "no-logprobs", "forget"].includes(fault.kind);
    if (!isWhole && fault.kind !== "lost-after" && fault.kind !== "truncated")
      return answerWith(fault.kind, request, response, "");
    const answer = path === "retrieve_future" ? await this.#retrieve(body) : this.#submit(path, body, request);
    if (!isWhole) return answerWith(fault.kind, request, response, JSON.stringify(answer));
    if (answer instanceof Refusal) return respond(response, answer.status, { detail: answer.message });
    this.#answer(request, response, spoiled(answer, fault?.kind));
  }

  #take(path: string): Fault | undefined {
    const at = this.#faults.findIndex(({ on }) => on === path);
    return at < 0 ? undefined : this.#faults.splice(at, 1)[0];
  }

  #answer(request: IncomingMessage, response: ServerResponse, answer: Record<string, unknown>): void {
    const wantsProtobuf = (request.headers.accept ?? "").includes("application/x-protobuf");
    const bytes = wantsProtobuf ? protobufResult(answer) : null;
    if (bytes === null) return respond(response, 200, answer);
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end(bytes);
  }

  async #retrieve(body: Buffer): Promise<Record<string, unknown> | Refusal> {
    const { request_id: id } = JSON.parse(body.toString("utf8")) as { request_id: string };
    const future = this.#futures.get(id);
    if (future === undefined) return new Refusal(404, "Future not found");
    const wait = future.readyAt - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    return future.result;
  }

  /** Sessions are answered at once, all else by a future. */
  #submit(path: string, body: Buffer, request: IncomingMessage): Record<string, unknown> | Refusal {
    if (path === "get_server_capabilities")
      return { supported_models: (this.#options.models ?? ["fake/bigram"]).map((name) => ({ model_name: name })) };
    if (path === "healthz") return { status: "ok" };
    if (path === "forward" || path === "forward_backward") return this.#submitBatch(path, body, request);
    const input = Input.parse(JSON.parse(body.toString("utf8")));
    if (path === "create_session") return { type: path, session_id: `session_${this.#next++}` };
    if (path === "session_heartbeat") return { type: path };
    if (path === "create_sampling_session") {
      const id = `sampling_${this.#next++}`;
      this.#samplers.set(id, input.model_path);
      return { type: path, sampling_session_id: id };
    }
    if (path === "create_model") {
      const modelId = this.machine.createModel(input.lora_config?.seed ?? 0);
      return { model_id: modelId, ...this.#future(() => ({ model_id: modelId })) };
    }
    return this.#once(input.model_id, input.seq_id, body, () => this.#run(path, input));
  }

  #submitBatch(path: string, body: Buffer, request: IncomingMessage): Record<string, unknown> {
    const { encoding, losses, takesMask } = this.machine.dialect;
    const isProtobuf = request.headers["content-type"] === "application/x-protobuf";
    if (isProtobuf && encoding === "json") throw new Refusal(500, "Internal Server Error");
    if (!isProtobuf && encoding === "protobuf") throw new Refusal(415, `${path} takes application/x-protobuf alone`);
    const batch = isProtobuf ? readProtobufBatch(body) : readJsonBatch(body.toString("utf8"));
    if (!losses.includes(batch.loss.name)) throw new Refusal(422, `loss_fn: unknown loss ${batch.loss.name}`);
    if (!takesMask && batch.loss.name !== "cross_entropy" && batch.data.some(({ weights }) => weights !== undefined))
      throw new Refusal(422, `loss_fn_inputs: ${batch.loss.name} takes no weights`);
    return this.#once(batch.modelId, batch.sequence, body, () => this.machine.pass(batch));
  }

  #run(path: string, input: Input): object {
    const { machine } = this;
    const id = input.model_id ?? "";
    switch (path) {
      case "optim_step":
        if (input.adam_params === undefined) throw new Refusal(422, "adam_params: missing");
        return machine.step(id, input.adam_params);
      case "save_weights":
        return { path: machine.save(id, "weights", input.path), type: path };
      case "save_weights_for_sampler":
        return { path: machine.save(id, "sampler_weights", input.path), type: path };
      case "load_weights":
        machine.load(id, input.path, input.optimizer);
        return { type: path };
      case "unload_model":
        machine.unload(id);
        return { type: path };
      case "asample":
        return this.#sample(input);
      default:
        throw new Refusal(404, "Not Found");
    }
  }

  #sample({ sampling_session_id: session, sampling_params: params, prompt, num_samples: samples }: Input): object {
    if (params === undefined) throw new Refusal(422, "sampling_params: missing");
    return this.machine.sample(this.#samplers.get(session) ?? "", {
      prompt: prompt.chunks[0]?.tokens ?? [],
      samples,
      maxTokens: params.max_tokens,
      temperature: params.temperature,
      seed: params.seed,
      stop: params.stop,
    });
  }

  /** An effect that a server which recognises sequence numbers has once for each. */
  #once(
    modelId: string | undefined,
    sequence: number | undefined,
    body: Buffer,
    run: () => object,
  ): Record<string, unknown> {
    const { sequenceIds, deduplicates } = this.machine.dialect;
    const key = `${modelId}#${sequence}`;
    const text = body.toString("latin1");
    const seen = modelId === undefined || sequence === undefined ? undefined : this.#recognised.get(key);
    if (deduplicates && seen !== undefined) {
      if (seen.body !== text) throw new Refusal(409, "Training request sequence number was reused");
      return { future_id: seen.requestId, status: "pending", request_id: seen.requestId };
    }
    if (modelId !== undefined && sequence !== undefined) {
      if (sequenceIds === "ordered" && sequence <= (this.#highest.get(modelId) ?? 0))
        throw new Refusal(409, "sequence numbers must grow");
      this.#highest.set(modelId, sequence);
    }
    if (modelId !== undefined) this.machine.touch(modelId);
    const submitted = this.#future(run);
    if (modelId !== undefined) this.#recognised.set(key, { requestId: submitted.request_id, body: text });
    return submitted;
  }

  #future(run: () => object): { future_id: string; status: string; request_id: string } {
    const id = String(this.#next++);
    this.#futures.set(id, { result: settle(run), readyAt: Date.now() + (this.#options.delay ?? 0) });
    return { future_id: id, status: "pending", request_id: id };
  }
}

/** Requests that are refused at once are those that the protocol refuses at once: a name that is taken, a checkpoint that is not there. */
function settle(run: () => object): Record<string, unknown> | Refusal {
  try {
    return run() as Record<string, unknown>;
  } catch (error) {
    if (error instanceof Refusal && error.status === 400) return error;
    throw error;
  }
}

function spoiled(answer: Record<string, unknown>, kind: string | undefined): Record<string, unknown> {
  if (kind !== "other-length" && kind !== "no-logprobs") return answer;
  const copy = structuredClone(answer) as {
    loss_fn_outputs?: { logprobs?: { data: number[] } }[];
    sequences?: { logprobs?: number[] }[];
  };
  const output = copy.loss_fn_outputs?.[0];
  const sequence = copy.sequences?.[0];
  if (kind === "other-length") {
    output?.logprobs?.data.pop();
    sequence?.logprobs?.pop();
  } else {
    delete output?.logprobs;
    delete sequence?.logprobs;
  }
  return { ...copy };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function respond(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
