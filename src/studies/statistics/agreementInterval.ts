import { randomStream, type SeedAddress } from "../../domain/seed.ts";
import { quantile } from "../../evaluation/statistics.ts";

/** A measure of agreement with its bootstrap interval over units. */
export interface AgreementInterval {
  /** Null where it cannot be said (see krippendorffAlpha, cohenKappa). */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly units: number;
  /** Resamples in which it could not be said, such as those of one category only; the interval leaves them out. */
  readonly undefinedResamples: number;
}

export interface AgreementOptions {
  readonly confidence: number;
  readonly resamples: number;
  readonly seed: SeedAddress;
}

/** Draws units with all their ratings. Where more than a twentieth of the resamples say nothing, no interval is given: what is left would not be fair. */
export function agreementInterval<Unit>(
  units: readonly Unit[],
  measure: (units: readonly Unit[]) => number | null,
  { confidence, resamples, seed }: AgreementOptions,
): AgreementInterval {
  const value = measure(units);
  const draw = randomStream(seed);
  const values: number[] = [];
  for (let resample = 0; value !== null && resample < resamples; resample++) {
    const drawn = measure(units.map(() => draw.choice(units)));
    if (drawn !== null) values.push(drawn);
  }
  const undefinedResamples = value === null ? 0 : resamples - values.length;
  const tooFew = value === null || undefinedResamples > resamples / 20;
  const sorted = Float64Array.from(values).toSorted();
  return {
    value,
    low: tooFew ? null : quantile(sorted, (1 - confidence) / 2),
    high: tooFew ? null : quantile(sorted, (1 + confidence) / 2),
    units: units.length,
    undefinedResamples,
  };
}
