import { z, type Metrics, type NextWork, type Part, type Schedule, type TrainingHistory } from "med-r3";

const settings = z.strictObject({
  /** Iterations between two looks at the validation questions. */
  every: z.number().int().min(1).default(15),
});

type Stage = TrainingHistory["stages"][number];
/** A gate that decides nothing: it has the validation questions answered. */
const look: Stage["gate"] = { minimumGain: -1, otherwise: "flag", maximumExtensions: 0 };
const [least, most] = [0.5, 2];

/**
 * A schedule: the last stage's rewards from the beginning, each weighed by its share of what changed between the last two looks (absolute
 * learning progress, arXiv 1704.03003). The answer, for which the others are there, keeps its weight.
 */
export const schedule: Part<Schedule, z.infer<typeof settings>> = {
  name: "learning-progress",
  describe: "all rewards from the beginning, those that change most with most weight",
  settings,
  create: ({ every }) => ({
    observes: true,
    outline: (stages) =>
      pieces(iterationsOf(stages), every).map((iterations, index) => pieceOf(stages, index, iterations)),
    next: (history) => next(history, every),
  }),
};

function next({ stages, trained, observed }: TrainingHistory, every: number): NextWork {
  const iterations = pieces(iterationsOf(stages), every)[trained.length];
  if (iterations === undefined)
    return trained.at(-1)?.accuracies === null
      ? { work: { kind: "evaluate" }, reason: "the iterations are used up" }
      : { work: { kind: "finish" }, reason: "all iterations are trained" };
  const stage = pieceOf(stages, trained.length, iterations);
  const [before, now] = (observed?.looks ?? []).slice(-2).map(({ validation }) => validation);
  if (before === undefined || now === undefined)
    return { work: { kind: "train", stage }, reason: "nothing has changed yet: the weights as configured" };
  const rewards = weighed(stage.rewards, before, now);
  return {
    work: { kind: "train", stage: { ...stage, rewards } },
    reason: `weights by progress: ${JSON.stringify(rewards)}`,
  };
}

/** Each weight times its reward's share of the change, against an equal share: half to twice as much. */
function weighed(weights: Stage["rewards"], before: Metrics, now: Metrics): Stage["rewards"] {
  const change = (name: string): number => Math.abs((now[`reward/${name}`] ?? 0) - (before[`reward/${name}`] ?? 0));
  const names = Object.keys(weights).filter((name) => name !== "answer");
  const mean = names.reduce((sum, name) => sum + change(name), 0) / names.length;
  return Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => [
      name,
      names.includes(name) && mean > 0 ? (weight ?? 0) * Math.min(most, Math.max(least, change(name) / mean)) : weight,
    ]),
  );
}

function iterationsOf(stages: readonly Stage[]): number {
  return stages.reduce((sum, { iterations }) => sum + iterations, 0);
}

function pieces(total: number, every: number): number[] {
  return Array.from({ length: Math.ceil(total / every) }, (_, index) => Math.min(every, total - index * every));
}

function pieceOf(stages: readonly Stage[], index: number, iterations: number): Stage {
  return { name: `look-${index + 1}`, iterations, rewards: stages.at(-1)?.rewards ?? {}, gate: look };
}
