import type { RemoteModel, TinkerClient } from "../../../src/engines/tinker/api.ts";
import { secondsOf } from "../../harness.ts";

/** Iterations of what a training run asks of a server, whose calls are waited for; samples are asked for at once. tinker_peer.py does the same. */
export interface OverheadWork {
  /** Learnt from, whole. */
  readonly sequences: readonly (readonly number[])[];
  readonly prompts: readonly (readonly number[])[];
  readonly sampledTokens: number;
  readonly iterations: number;
}

const still = { learningRate: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, gradientClip: 0 };

/** Does the work on a model of its own. */
export class Worker {
  #calls = 0;
  #samplers = 0;

  private constructor(
    readonly client: TinkerClient,
    readonly model: RemoteModel,
  ) {}

  static async connect(client: TinkerClient, baseModel: string): Promise<Worker> {
    const sessionId = await client.openSession();
    return new Worker(client, await client.createModel(sessionId, { baseModel, rank: 8, seed: 1, index: 0 }));
  }

  /** Seconds that it takes. */
  async secondsOf(work: OverheadWork): Promise<number> {
    return secondsOf(async () => {
      for (let iteration = 0; iteration < work.iterations; iteration++) await this.#iterate(work);
    });
  }

  async #iterate({ sequences, prompts, sampledTokens }: OverheadWork): Promise<void> {
    const { client, model } = this;
    const plain = sequences.map((tokens) => {
      const targets = tokens.slice(1);
      return { inputs: tokens.slice(0, -1), targets, weights: targets.map(() => 1) };
    });
    await client.forward(model, plain, this.#next());
    const learning = plain.map((datum) => ({
      ...datum,
      logProbabilities: datum.targets.map(() => -1),
      advantages: datum.targets.map(() => 0.5),
    }));
    await client.forwardBackward(model, learning, { name: "importance_sampling" }, this.#next());
    await client.optimizerStep(model, still, this.#next());
    const uri = await client.saveForSampling(model, `ours-${this.#samplers}`, this.#next());
    const samplingSessionId = await client.openSampler(model.sessionId, uri, this.#samplers++);
    const settings = { samples: 1, maxTokens: sampledTokens, temperature: 1, topP: 1, topK: 0, seed: 1, stop: [] };
    await Promise.all(
      prompts.map((prompt, index) => client.sample({ samplingSessionId }, prompt, settings, { sequence: index + 1 })),
    );
  }

  #next(): { sequence: number } {
    return { sequence: ++this.#calls };
  }
}
