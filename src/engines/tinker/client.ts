import type { CallOptions, LossOutput, RemoteModel, TinkerClient } from "./api.ts";
import { callFuture, eitherResult, jsonResult, protobufType } from "./calls.ts";
import { ask, notTheProtocol, type Connection } from "./connection.ts";
import { checkDatum, type Datum, type WireLoss } from "./datum.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { TinkerAmbiguousError, TinkerConflictError } from "./errors.ts";
import type { Payload } from "./exchange.ts";
import { awaitResult } from "./future.ts";
import { decodeLossResult, decodeSampleResult, encodeBatch } from "./protobuf/codec.ts";
import { numbersIn, readLossResult, readSamples } from "./readResult.ts";
import * as requests from "./requests.ts";
import * as replies from "./results.ts";

type SavePath = "save_weights" | "save_weights_for_sampler";

/** Names that one save tries. */
const mostNames = 3;

/** A client for one server, as its dialect says. */
export function createClient(connection: Connection, dialect: Dialect): TinkerClient {
  const { shown } = connection;
  const { deduplicates } = dialect;
  const post = (path: string, payload: Payload) => ({ method: "POST", path, payload }) as const;

  const pass = async (
    path: "forward" | "forward_backward",
    model: RemoteModel,
    data: readonly Datum[],
    loss: WireLoss,
    options: CallOptions,
  ): Promise<LossOutput> => {
    for (const datum of data) checkDatum(datum);
    const forwardOnly = path === "forward";
    const call = {
      repeatable: forwardOnly || deduplicates,
      read: eitherResult(connection, path, replies.LossResult, decodeLossResult),
    };
    const sent =
      dialect.encoding === "protobuf"
        ? {
            path: "forward_backward",
            payload: protobufBatch(model, data, loss, options, forwardOnly),
            accept: `${protobufType}, application/json`,
          }
        : { path, payload: requests.pass(`${path}_input`, model, data, loss, options) };
    return readLossResult(shown, path, data, await callFuture(connection, { ...call, ...sent }, options));
  };

  const saveOnce = async (path: SavePath, model: RemoteModel, name: string, options: CallOptions): Promise<string> => {
    const payload = requests.save(path, model, name, options);
    const read = jsonResult(connection, path, replies.SavedResult);
    const result = await callFuture(connection, { path, payload, repeatable: deduplicates, read }, options);
    if (result.path) return result.path;
    throw notTheProtocol(shown, `answered ${path} without the path of what it saved`);
  };

  /** Saving leaves the model as it is: where nobody knows whether it was done, it is done again under another name. */
  const save = async (path: SavePath, model: RemoteModel, name: string, options: CallOptions): Promise<string> => {
    for (let attempt = 1; ; attempt++) {
      try {
        if (attempt === 1) return await saveOnce(path, model, name, options);
        return await saveOnce(path, model, `${name}-${attempt}`, { ...options, accepted: undefined });
      } catch (error) {
        const unclear = error instanceof TinkerAmbiguousError || error instanceof TinkerConflictError;
        if (deduplicates || !unclear || attempt >= mostNames) throw error;
      }
    }
  };

  return {
    shown,
    dialect,
    async capabilities(signal) {
      const request = { method: "GET", path: "get_server_capabilities" } as const;
      const reply = await ask(connection, request, replies.CapabilitiesReply, true, signal);
      return {
        models: reply.supported_models.flatMap(({ model_name: name }) => (name ? [name] : [])),
        maximumTokens: reply.max_context_length ?? null,
      };
    },
    async openSession(signal) {
      const request = post("create_session", requests.newSession());
      return (await ask(connection, request, replies.SessionReply, true, signal)).session_id;
    },
    async heartbeat(sessionId, signal) {
      const request = post("session_heartbeat", requests.heartbeat(sessionId));
      await ask(connection, request, replies.Anything, true, signal);
    },
    async createModel(sessionId, model, signal) {
      const request = post("create_model", requests.newModel(sessionId, model));
      const created = await ask(connection, request, replies.CreatedModel, deduplicates, signal);
      const awaited = { requestId: created.request_id, repeatable: false, accept: "application/json" };
      await awaitResult(connection, awaited, signal);
      return { sessionId, modelId: created.model_id };
    },
    async unload(model, signal) {
      const payload = requests.unload(model);
      const call = { path: "unload_model", payload, repeatable: true, read: () => undefined };
      await callFuture(connection, call, { signal });
    },
    forward: (model, data, options) => pass("forward", model, data, { name: "cross_entropy" }, options),
    forwardBackward: (model, data, loss, options) => pass("forward_backward", model, data, loss, options),
    async optimizerStep(model, settings, options) {
      const payload = requests.optimizerStep(model, settings, options);
      const read = jsonResult(connection, "optim_step", replies.StepResult);
      const call = { path: "optim_step", payload, repeatable: deduplicates, read };
      return numbersIn((await callFuture(connection, call, options)).metrics ?? {});
    },
    saveState: (model, name, options) => save("save_weights", model, name, options),
    async loadState(model, uri, optimizer, options) {
      const payload = requests.load(model, uri, optimizer, options);
      const call = { path: "load_weights", payload, repeatable: deduplicates, read: () => undefined };
      await callFuture(connection, call, options);
    },
    saveForSampling: (model, name, options) => save("save_weights_for_sampler", model, name, options),
    async openSampler(sessionId, uri, index, signal) {
      const request = post("create_sampling_session", requests.newSampler(sessionId, uri, index));
      return (await ask(connection, request, replies.SamplerReply, true, signal)).sampling_session_id;
    },
    async sample(from, prompt, settings, options) {
      const payload = requests.sample(from, prompt, settings, options);
      const read = eitherResult(connection, "asample", replies.SampleResult, decodeSampleResult);
      // Sampling changes nothing on the server, so that it may be asked for again.
      const call = { path: "asample", payload, repeatable: true, read };
      return readSamples(shown, settings, await callFuture(connection, call, options));
    },
  };
}

function protobufBatch(
  { modelId }: RemoteModel,
  data: readonly Datum[],
  loss: WireLoss,
  { sequence }: CallOptions,
  forwardOnly: boolean,
): Payload {
  return { type: protobufType, bytes: encodeBatch({ modelId, sequence, data, loss, forwardOnly }) };
}
