import { vocabularyCorpus } from "../medical/corpus.ts";
import { openWorld } from "../../world/dataset.ts";
import type { TaskPart } from "../definition.ts";
import { worldDeclaration, type WorldSettings } from "./settings.ts";

/** Invented diseases and drugs, whose documents contradict each other as their levels of evidence allow. */
export const worldTask: TaskPart<WorldSettings> = {
  ...worldDeclaration,
  create: ({ worldSeed }) => ({
    load: async () => openWorld(worldSeed),
    corpus: vocabularyCorpus,
    corpusFiles: null,
    base: async ({ root, threads, control }) => {
      const { worldBase } = await import("../../world/base/find.ts");
      return worldBase({ root, worldSeed, threads, control });
    },
    probes: async (policy, control) => {
      const { probeWorld } = await import("../../world/probes.ts");
      return probeWorld(policy, worldSeed, control);
    },
    hasMajorityBaseline: false,
    questionsFindTitles: false,
    notes: [
      "The diseases, drugs and documents of the embedded world are invented. Its accuracies show that the curriculum works, and say nothing about real medicine.",
    ],
  }),
};
