import { vocabularyText } from "../corpus/corpusSettings.ts";
import { protocolWords } from "../world/vocabulary.ts";
import { openWorld } from "../world/worldDataset.ts";
import type { TaskOffer } from "../environments/environment.ts";
import type { Domain } from "../world/domain.ts";
import type { BaseOptions, Task } from "./taskDefinition.ts";

interface EmbeddedWorld {
  readonly domain: Domain;
  readonly offer: TaskOffer;
  readonly worldSeed: number;
  /** A base that is kept in the project; null where it is made when it is first needed. */
  readonly keptBase: string | null;
  readonly cautions: Task["cautions"];
  readonly notes: Task["notes"];
}

/** The task of answering questions about one invented world, from its documents alone. */
export function embeddedWorld({ domain, offer, worldSeed, keptBase, cautions, notes }: EmbeddedWorld): Task {
  return {
    ...offer,
    load: async () => openWorld(domain, worldSeed),
    corpus: { ...vocabularyText, scale: domain.scale },
    corpusFiles: null,
    base: async ({ root, threads, control }: BaseOptions) => {
      if (keptBase !== null) return keptBase;
      const [{ worldBase }, { inventWorld }] = await Promise.all([
        import("../world/base/find.ts"),
        import("../world/facts.ts"),
      ]);
      return worldBase({ root, world: inventWorld(domain, worldSeed), threads, control });
    },
    vocabulary: () => new Set(protocolWords(domain)),
    probes: async (policy, control) => {
      const [{ probeWorld }, { inventWorld }] = await Promise.all([
        import("../world/probes.ts"),
        import("../world/facts.ts"),
      ]);
      return probeWorld(policy, inventWorld(domain, worldSeed), control);
    },
    hasMajorityBaseline: false,
    questionsFindTitles: false,
    cautions,
    notes,
  };
}
