import type { Part } from "../../../parts/part.ts";
import { enginePortVersion, type Engine } from "../../engine.ts";
import { TinkerSettings } from "./settings.ts";

/** Servers of the Tinker protocol: real sizes, trained and sampled elsewhere. */
export const tinker: Part<Engine, TinkerSettings> = {
  name: "tinker",
  describe:
    "a server of the Tinker protocol (SkyRL, VeRL-Tinker, TuFT, Miles, the hosted service): models of real sizes",
  settings: TinkerSettings,
  create: (settings) => ({
    port: enginePortVersion,
    label: `tinker/${settings.server}`,
    capabilities: {
      trains: true,
      logProbabilities: true,
      weights: settings.rank === 0 ? "full" : "adapters",
      bitwise: false,
      idempotent: false,
      losses: ["cross-entropy", "policy-gradient", "sequence-policy-gradient"],
      reference: true,
      separateSampling: true,
    },
    models: "name",
    paths: ["tokenizer"],
    microBatchTokens: settings.microBatchTokens,
    threads: 1,
    check: async (needs) => (await import("./open.ts")).checkNeeds(settings, needs),
    open: async (options) => (await import("./open.ts")).openTinkerPolicy(settings, options),
    tokenizer: async () => (await import("../../../policy/tokenizer.ts")).loadTokenizer(settings.tokenizer),
    // Servers keep what was saved; few of them can delete it.
    remove: async () => undefined,
    sweep: async () => undefined,
  }),
};
