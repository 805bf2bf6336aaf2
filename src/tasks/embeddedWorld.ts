import { vocabularyText } from "../corpus/corpusSettings.ts";
import { protocolWords } from "../world/vocabulary.ts";
import { openWorld } from "../world/worldDataset.ts";
import type { TaskOffer } from "../environments/environment.ts";
import { lengthened, type Domain } from "../world/domain.ts";
import { baseRegime, shortestChain, type Regime } from "../world/regime.ts";
import type { BaseOptions, Task } from "./taskDefinition.ts";

interface EmbeddedWorld {
  readonly domain: Domain;
  /** The word of worlds with longer chains. */
  readonly leads: string;
  readonly offer: TaskOffer;
  readonly worldSeed: number;
  readonly regime: Regime;
  /** A base that is kept in the project for the default regime; null where it is made when it is first needed. */
  readonly keptBase: string | null;
  readonly cautions: Task["cautions"];
  readonly notes: Task["notes"];
}

/** The task of answering questions about one invented world, from its documents alone. */
export function embeddedWorld({
  domain: shortest,
  leads,
  offer,
  worldSeed,
  regime,
  keptBase,
  cautions,
  notes,
}: EmbeddedWorld): Task {
  const domain = regime.hops > shortestChain ? lengthened(shortest, leads) : shortest;
  return {
    ...offer,
    load: async () => openWorld(domain, worldSeed, regime),
    corpus: { ...vocabularyText, scale: domain.scale },
    corpusFiles: null,
    base: async ({ root, threads, control }: BaseOptions) => {
      if (keptBase !== null && baseRegime(regime) === null) return keptBase;
      const [{ worldBase }, { inventWorld }] = await Promise.all([
        import("../world/base/find.ts"),
        import("../world/facts.ts"),
      ]);
      return worldBase({ root, world: inventWorld(domain, worldSeed, regime), threads, control });
    },
    vocabulary: () => new Set(protocolWords(domain)),
    probes: async (policy, control) => {
      const [{ probeWorld }, { inventWorld }] = await Promise.all([
        import("../world/probes.ts"),
        import("../world/facts.ts"),
      ]);
      return probeWorld(policy, inventWorld(domain, worldSeed, regime), control);
    },
    ...(regime.searchCost > 0 ? { searchCost: regime.searchCost } : {}),
    ...(regime.hops > shortestChain ? { needs: needsOf(regime) } : {}),
    hasMajorityBaseline: false,
    questionsFindTitles: false,
    cautions,
    notes,
  };
}

/** A search, what it shows and the sentence that is drawn from it take up to 26 tokens; beginning and end take 20. */
function needsOf({ hops }: Regime): NonNullable<Task["needs"]> {
  return { searches: hops, responseTokens: 20 + 26 * hops };
}
