import { outlineOf } from "../schedules/outlineOf.ts";
import { isDeepStrictEqual } from "node:util";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { budgetOf, describeBudget } from "./armBudget.ts";
import type { StudyFile } from "./studyFile.ts";

/** An arm's configuration in a regime; that of the regime's first world and seed. */
export interface ArmConfiguration {
  readonly arm: string;
  readonly configuration: RunConfiguration;
}

/** Settings that a study declares elsewhere, by the place where it does. */
const declaredElsewhere: Readonly<Record<string, string>> = {
  run: "runs are named by the study",
  preset: "declare it as `preset` of the study",
  seed: "declare it in `seeds`",
};

/** What may not stand in the settings of a study, its regimes or its arms, by its place. */
export function strayFields({ settings, regimes, arms }: StudyFile): string[] {
  const places = [
    { place: "settings", given: settings },
    ...regimes.map((one) => ({ place: `regimes.${one.name}.settings`, given: one.settings })),
    ...arms.map((one) => ({ place: `arms.${one.name}.settings`, given: one.settings })),
  ];
  const withWorlds = regimes.some(({ worlds }) => worlds !== null);
  return places.flatMap(({ place, given }) => [
    ...Object.entries(declaredElsewhere).flatMap(([field, why]) =>
      field in given ? [`${place}.${field}: ${why}`] : [],
    ),
    ...(withWorlds && hasWorld(given["data"])
      ? [`${place}.data.worldSeed: declare it in \`worlds\` of the regimes`]
      : []),
  ]);
}

function hasWorld(data: unknown): boolean {
  return typeof data === "object" && data !== null && "worldSeed" in data;
}

/** Why a run could stop and wait for a person, or train for longer than declared; nothing where it cannot. */
export function waits(configuration: RunConfiguration): string[] {
  const { gate, cost } = configuration;
  const gates = outlineOf(configuration).flatMap((stage) =>
    stage.gate === null
      ? []
      : [
          {
            name: stage.name,
            otherwise: stage.gate.otherwise ?? gate.otherwise,
            maximumExtensions: stage.gate.maximumExtensions ?? gate.maximumExtensions,
          },
        ],
  );
  const limits = Object.entries(cost.budget).filter(([, limit]) => limit !== null);
  return [
    ...gates.flatMap(({ name, otherwise, maximumExtensions }) => [
      ...(otherwise === "hold" ? [`the gate of stage ${name} may hold: set gate.otherwise to "flag"`] : []),
      ...(maximumExtensions > 0
        ? [`the gate of stage ${name} may extend it, so that budgets differ: set gate.maximumExtensions to 0`]
        : []),
    ]),
    ...limits.map(([name]) => `cost.budget.${name}: declare it as \`budget\` of the study`),
  ];
}

/** What differs between the arms of one regime that must be the same for a comparison to mean something. */
export function unequalArms(arms: readonly ArmConfiguration[]): string[] {
  return [...unequalBudgets(arms), ...unequalEvaluation(arms)];
}

/** All arms that train get as many updates, questions and samples; one that trains nothing is a base. */
function unequalBudgets(arms: readonly ArmConfiguration[]): string[] {
  const budgets = arms
    .map(({ arm, configuration }) => ({ arm, budget: budgetOf(configuration) }))
    .filter(({ budget }) => budget.updates > 0);
  const [first, ...others] = budgets;
  if (first === undefined) return [];
  return others
    .filter(({ budget }) => !isDeepStrictEqual(budget, first.budget))
    .map(
      ({ arm, budget }) =>
        `arms.${arm}: ${describeBudget(budget)}, but arm ${first.arm} has ${describeBudget(first.budget)}; arms that train must have equal budgets`,
    );
}

function unequalEvaluation(arms: readonly ArmConfiguration[]): string[] {
  const [first, ...others] = arms;
  if (first === undefined) return [];
  const asked = ({
    configuration: { evaluation, gate, data },
  }: ArmConfiguration): Readonly<Record<string, unknown>> => ({
    evaluation,
    "gate.questions": gate.questions,
    "data.dataset": data.dataset,
  });
  return others.flatMap((other) =>
    Object.entries(asked(first))
      .filter(([field, value]) => !isDeepStrictEqual(asked(other)[field], value))
      .map(
        ([field]) => `arms.${other.arm}: ${field} differs from that of arm ${first.arm}; all arms are evaluated alike`,
      ),
  );
}
