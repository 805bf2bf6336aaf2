import type { RewardWeights } from "../configuration/rewardWeights.ts";
import type { RewardValues, Score } from "../domain/reward.ts";
import { rewardNames, type RewardName } from "../domain/rewardNames.ts";
import { answer } from "./answer.ts";
import { penaltyDefinitions, searchCost } from "./composition.ts";
import { boundedValue, isOutside, meanOfScored, weightedMeanOfScored } from "./rewardDefinition.ts";
import type { RewardDefinition } from "./rewardDefinition.ts";
import { failedComponents } from "./failedComponents.ts";
import type { WeightedReward } from "./custom.ts";
import { offeredRewards } from "./offered.ts";
import { bestAlignment } from "./reasoning.ts";
import type { ScoringSubject } from "./subject.ts";

/** Scores one trajectory by itself. */
export function scoreTrajectory(
  subject: ScoringSubject,
  weights: RewardWeights,
  own: readonly WeightedReward[] = [],
): Score {
  return total(subject, measure(subject, own), weightsOf(weights, own), {});
}

/**
 * Scores the trajectories of one question. A component that does not apply to some of them (nothing to compare) counts there as
 * the mean of the others, so that it is neither punished nor rewarded. One that failed is named in `failed`: no mean stands in for it.
 */
export function scoreGroup(
  subjects: readonly ScoringSubject[],
  weights: RewardWeights,
  own: readonly WeightedReward[] = [],
): Score[] {
  const measured = subjects.map((subject) => ({ subject, ...measure(subject, own) }));
  const valid = measured.filter(({ values }) => values["format"] === 1);
  const weighed = weightsOf(weights, own);
  const standIns = Object.fromEntries(
    weighed.map(([name]) => [name, meanOfScored(valid.map(({ values }) => values[name] ?? null))]),
  );
  // A reward of one's own that is null in some responses and not in others says that it could not be scored there.
  const uneven = own.flatMap(({ definition: { name } }) => (standIns[name] === null ? [] : [name]));
  return measured.map(({ subject, values, failed, clamped }) =>
    total(
      subject,
      { values, failed: [...failed, ...uneven.filter((name) => values[name] === null)], clamped },
      weighed,
      standIns,
    ),
  );
}

/** The rewards that a stage weighs, in the order in which they are added up. */
export function weighedRewards(weights: RewardWeights): (readonly [name: RewardName, weight: number])[] {
  return rewardNames.flatMap((name) => {
    const weight = weights[name] ?? 0;
    return weight > 0 ? [[name, weight] as const] : [];
  });
}

type WeightedComponents = readonly (readonly [name: string, weight: number])[];

function weightsOf(weights: RewardWeights, own: readonly WeightedReward[]): WeightedComponents {
  return [...weighedRewards(weights), ...own.map(({ definition, weight }) => [definition.name, weight] as const)];
}

/**
 * Every reward and penalty by name. `format` is 1 when the gate is passed, `malformedCall` 1 when a search is
 * malformed; `pathHopLimit` is present only where the bound on paths was reached (see PathAgreement).
 */
function measure(subject: ScoringSubject, own: readonly WeightedReward[]): Measured {
  const { malformedCall, formatValid } = subject.response;
  const { rewards, composites, noValues } = offeredRewards(subject.rewards);
  const malformed = malformedCall !== null;
  const hopLimit = formatValid ? (bestAlignment(subject)?.hopLimit ?? null) : null;
  const values: Record<string, number | null> = {
    ...noValues,
    malformedCall: malformed ? 1 : 0,
    format: formatValid ? 1 : 0,
  };
  for (const definition of rewards) values[definition.name] = formatValid ? scoreOf(definition, subject) : null;
  const clamped: string[] = [];
  for (const { definition } of own) {
    const value = formatValid ? definition.score(subject) : null;
    values[definition.name] = boundedValue(definition, value);
    if (value !== null && isOutside(definition, value)) clamped.push(definition.name);
  }
  for (const composite of composites) {
    const mean = weightedMeanOfScored(
      composite.components.map(({ name }) => values[name] ?? null),
      composite.weights(subject.settings),
    );
    values[composite.name] = boundedValue(composite, mean);
  }
  for (const definition of penaltyDefinitions) {
    const share = malformed ? null : scoreOf(definition, subject);
    values[definition.name] = share === null ? null : subject.settings.penalties[definition.setting] * share;
  }
  if (subject.searchCost !== undefined) values[searchCost] = subject.searchCost;
  if (hopLimit !== null) values["pathHopLimit"] = hopLimit;
  const failed = formatValid ? failedComponents(subject).filter((name) => name in noValues) : [];
  // A mean of what is left would not be comparable with the others' means.
  for (const name of failed) values[name] = null;
  return { values, failed, clamped };
}

interface Measured {
  readonly values: RewardValues;
  /** See failedComponents. */
  readonly failed: readonly string[];
  /** Custom rewards whose value lay outside their range. */
  readonly clamped: readonly string[];
}

function scoreOf(definition: RewardDefinition, subject: ScoringSubject): number | null {
  return boundedValue(definition, definition.score(subject));
}

function total(
  { settings }: ScoringSubject,
  { values, failed, clamped }: Measured,
  weights: WeightedComponents,
  standIns: RewardValues,
): Score {
  if (values["malformedCall"] === 1) return { total: settings.malformedCallTotal, correct: false, values };
  const penalties = penaltyDefinitions.reduce((sum, { name }) => sum + (values[name] ?? 0), 0);
  const penalty = penalties + (values[searchCost] ?? 0);
  if (values["format"] === 0) return { total: settings.invalidFormatTotal - penalty, correct: false, values };
  const reward = weights.reduce(
    (sum, [name, weight]) =>
      sum + weight * (values[name] ?? (failed.includes(name) ? lowestOf(name) : standIns[name]) ?? 0),
    0,
  );
  const missing = weights.flatMap(([name, weight]) => (weight > 0 && failed.includes(name) ? [name] : []));
  const correct = failed.includes(answer.name) ? null : values["answer"] === 1;
  return {
    total: Math.max(reward, 0) - penalty,
    correct,
    values,
    ...(missing.length > 0 && { failed: missing }),
    ...(clamped.length > 0 && { clamped: [...clamped] }),
  };
}

/** Only the range of `answer` does not begin at 0. */
function lowestOf(name: string): number {
  return name === answer.name ? answer.range[0] : 0;
}
