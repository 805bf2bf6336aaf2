import type { Part } from "../../parts/part.ts";
import type { Policy } from "../../policy/port.ts";
import { enginePortVersion, type Engine } from "../engine.ts";
import type { ServedSampler } from "./sampler.ts";
import { OpenAiSettings } from "./settings.ts";

/** Any OpenAI-compatible server, sampling only: for baselines. */
export const openai: Part<Engine, OpenAiSettings> = {
  name: "openai",
  describe: "any OpenAI-compatible server (vLLM, SGLang, closed models); samples only",
  settings: OpenAiSettings,
  create: (settings) => ({
    port: enginePortVersion,
    label: `openai/${settings.service}`,
    capabilities: {
      trains: false,
      logProbabilities: false,
      weights: "full",
      bitwise: false,
      idempotent: false,
      losses: [],
      reference: false,
    },
    models: "name",
    microBatchTokens: 1,
    threads: 1,
    open: async ({ from }) => {
      if (!("base" in from)) throw new Error(untrained);
      const { openServedModel } = await import("./open.ts");
      return asPolicy(await openServedModel(settings, from.base), `openai ${settings.service} ${from.base}`);
    },
    tokenizer: () => Promise.reject(new Error(untrained)),
    remove: () => Promise.resolve(),
    sweep: () => Promise.resolve(),
  }),
};

const untrained = "engine openai samples only: nothing is trained or saved";

/** Whatever is not sampling fails by the engine's name. */
function asPolicy(sampler: ServedSampler, fingerprint: string): Policy {
  const refuse = (): Promise<never> => Promise.reject(new Error(untrained));
  return {
    ...sampler,
    fingerprint,
    optimizerSteps: 0,
    replaysBitwise: false,
    stateHash: () => Promise.resolve(fingerprint),
    logProbabilities: refuse,
    forwardBackward: refuse,
    optimizerStep: refuse,
    discardGradient: () => Promise.resolve(),
    save: refuse,
    load: refuse,
    holds: () => Promise.resolve(false),
    close: () => Promise.resolve(),
  };
}
