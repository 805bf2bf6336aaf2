import { noSpent } from "../../src/domain/usage.ts";
import type { KeptCell } from "../../src/studies/keptCells.ts";
import type { PlannedCell } from "../../src/studies/planStudy.ts";

/** A study that is right, to be changed in one place by each test. */
export function declared(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    name: "made",
    question: "Is a made study refused for the right reason?",
    preset: "tiny",
    arms: [
      {
        name: "base",
        settings: {
          stages: { reasoner: { iterations: 0 }, retriever: { iterations: 0 }, collaboration: { iterations: 0 } },
        },
      },
      { name: "staged", settings: { schedule: "staged" } },
      { name: "joint", settings: { schedule: "joint" } },
    ],
    regimes: [{ name: "default", worlds: [100, 101] }],
    seeds: "world",
    comparisons: [{ a: "joint", b: "base" }],
    choosing: { worlds: [1, 2], pools: ["validation"] },
    ...changes,
  };
}

/** The arms of the declared study, and one more. */
export function withArm(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { arms } = declared();
  return declared({ arms: [...(arms as unknown[]), { name: "odd", settings }] });
}

/** A planned run as if it had been finished; `changes` of its outcome. */
export function finished(planned: PlannedCell, changes: Partial<KeptCell["outcome"]> = {}): KeptCell {
  const { configuration, ...address } = planned;
  const updates = configuration.stages.reduce((sum, { iterations }) => sum + iterations, 0);
  const versions = { package: "0.1.0", node: "20.19.0", processor: "made", commit: "a1", engine: "made", data: "made" };
  return {
    ...address,
    status: "finished",
    cause: null,
    configuration: { ...configuration },
    outcome: {
      pools: [
        {
          pool: "held-out-diseases",
          clusters: [
            { name: "first", group: "one" },
            { name: "second", group: null },
          ],
        },
      ],
      checkpoints: [
        {
          update: updates,
          checkpoint: "after collaboration",
          pools: [
            {
              pool: "held-out-diseases",
              right: 3,
              total: 4,
              ungraded: 1,
              byCluster: { right: [2, 1], total: [2, 2] },
              metrics: {},
            },
          ],
        },
      ],
      curve: { every: 1, stages: [], metrics: {} },
      updates,
      samples: updates * configuration.rollout.questions * configuration.rollout.samples,
      events: [],
      spent: { ...noSpent, seconds: 10 },
      versions,
      ...changes,
    },
  };
}
