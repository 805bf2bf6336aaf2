import type { RewardWeights } from "../curriculum/configuration.ts";
import type { RewardValues, Score } from "../domain/reward.ts";
import { compositeDefinitions, invalidFormatTotal, malformedTotal, penaltyDefinitions, rewardDefinitions, weighedParts } from "./composition.ts";
import { boundedValue, meanOfScored } from "./definition.ts";
import type { RewardDefinition } from "./definition.ts";
import { bestAlignment } from "./reasoning.ts";
import type { ScoringSubject } from "./subject.ts";

/** Scores one trajectory by itself. */
export function scoreTrajectory(subject: ScoringSubject, weights: RewardWeights): Score {
  return total(measure(subject), weights, {});
}

/**
 * Scores the trajectories of one question. A part that could not be scored in some of them counts there as the mean of
 * the others, so that a failed extraction or judgement is neither punished nor rewarded.
 */
export function scoreGroup(subjects: readonly ScoringSubject[], weights: RewardWeights): Score[] {
  const measured = subjects.map(measure);
  const valid = measured.filter((values) => values["format"] === 1);
  const standIns = Object.fromEntries(weighedParts.map((part) => [part, meanOfScored(valid.map((values) => values[part] ?? null))]));
  return measured.map((values) => total(values, weights, standIns));
}

/**
 * Every reward and penalty by name. `format` is 1 when the gate is passed, `malformedSearch` 1 when a search is
 * malformed; `pathHopLimit` stands there only where the bound on paths was met (see PathAgreement).
 */
function measure(subject: ScoringSubject): RewardValues {
  const { malformedSearch, formatValid } = subject.response;
  const malformed = malformedSearch !== null;
  const hopLimit = formatValid ? (bestAlignment(subject)?.hopLimit ?? null) : null;
  const values = (definitions: readonly RewardDefinition[], scored: boolean): RewardValues =>
    Object.fromEntries(definitions.map((definition) => [definition.name, scored ? boundedValue(definition, definition.score(subject)) : null]));
  const rewards = values(rewardDefinitions, formatValid);
  return {
    malformedSearch: malformed ? 1 : 0,
    format: formatValid ? 1 : 0,
    ...rewards,
    ...compose(rewards),
    ...values(penaltyDefinitions, !malformed),
    ...(hopLimit === null ? {} : { pathHopLimit: hopLimit }),
  };
}

/** Composites of rewards; null where all parts are. */
function compose(rewards: RewardValues): RewardValues {
  return Object.fromEntries(
    compositeDefinitions.map((definition) => [definition.name, boundedValue(definition, definition.combine(definition.parts.map(({ name }) => rewards[name] ?? null)))]),
  );
}

function total(values: RewardValues, weights: RewardWeights, standIns: RewardValues): Score {
  if (values["malformedSearch"] === 1) return { total: malformedTotal, correct: false, values };
  const penalty = penaltyDefinitions.reduce((sum, { name }) => sum + (values[name] ?? 0), 0);
  if (values["format"] === 0) return { total: invalidFormatTotal - penalty, correct: false, values };
  const reward = weighedParts.reduce((sum, part) => sum + weights[part] * (values[part] ?? standIns[part] ?? 0), 0);
  return { total: Math.max(reward, 0) - penalty, correct: values["answer"] === 1, values };
}
