import { randomUUID } from "node:crypto";
import type { CallOptions, NewModel, RemoteModel, TinkerClient } from "../api.ts";
import { TinkerRefusedError } from "../errors.ts";
import { keepAlive } from "../heartbeats.ts";
import type { LeftModels } from "./leftModels.ts";

/** Milliseconds that a server has to unload a model; it forgets those of silent sessions by itself. */
const unloadPatience = 5000;

/** What a model is made from. */
export interface ModelSource extends Omit<NewModel, "index"> {
  /** A saved state that it goes on from; its base when left out. */
  readonly state?: string | undefined;
}

/** Saved weights that samples come from. */
export interface SamplingSession {
  readonly samplingSessionId: string;
  /** Numbers of its requests: no two are equal, whoever samples. */
  readonly next: () => number;
}

/** A model on a server that this process trains, in a session of its own: the numbers of its calls, and what samples come from. */
export class LiveModel {
  readonly client: TinkerClient;
  readonly model: RemoteModel;
  readonly #left: LeftModels;
  readonly #beating: { stop: () => void };
  #calls = 0;
  #samplers = 0;
  #sampler: Promise<SamplingSession> | null = null;

  private constructor(client: TinkerClient, model: RemoteModel, left: LeftModels) {
    this.client = client;
    this.model = model;
    this.#left = left;
    this.#beating = keepAlive(client, model.sessionId);
  }

  /** Makes a model, and loads a saved state as its first call, as some servers want it. What processes that died left is unloaded where there is no room. */
  static async create(
    client: TinkerClient,
    { state, ...source }: ModelSource,
    left: LeftModels,
    signal?: AbortSignal,
  ): Promise<LiveModel> {
    const sessionId = await client.openSession(signal);
    const make = (): Promise<RemoteModel> => client.createModel(sessionId, { ...source, index: 0 }, signal);
    const model = await make().catch(async (error: unknown) => {
      const others = error instanceof TinkerRefusedError ? await left.left() : [];
      if (others.length === 0) throw error;
      for (const other of others) {
        await client.unload(other, signal).catch(() => undefined);
        await left.remove(other);
      }
      return make();
    });
    await left.add(model);
    const live = new LiveModel(client, model, left);
    try {
      if (state !== undefined) await client.loadState(model, state, true, live.next(signal));
      return live;
    } catch (error) {
      await live.close();
      throw error;
    }
  }

  /** Numbers begin at 1: 0 means "none" on the wire. They follow from what is done with the model alone. */
  next(signal?: AbortSignal): CallOptions {
    return { sequence: ++this.#calls, signal };
  }

  /** The weights are others now: what was sampled from is old. */
  changed(): void {
    this.#sampler = null;
  }

  /** A sampling session on the weights of now, saved for it under a new name: caches and older weights never answer for it. */
  sampler(signal?: AbortSignal): Promise<SamplingSession> {
    this.#sampler ??= this.#openSampler(signal);
    this.#sampler.catch(() => this.changed());
    return this.#sampler;
  }

  async #openSampler(signal?: AbortSignal): Promise<SamplingSession> {
    const uri = await this.client.saveForSampling(this.model, `sampler-${randomUUID()}`, this.next(signal));
    const samplingSessionId = await this.client.openSampler(this.model.sessionId, uri, this.#samplers++, signal);
    let requests = 0;
    return { samplingSessionId, next: () => ++requests };
  }

  /** Lets the server forget the model; a server that is away will by itself. */
  async close(): Promise<void> {
    this.#beating.stop();
    await this.client.unload(this.model, AbortSignal.timeout(unloadPatience)).catch(() => undefined);
    await this.#left.remove(this.model);
  }
}
