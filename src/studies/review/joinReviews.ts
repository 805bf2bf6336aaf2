import { cohenKappa, krippendorffAlpha } from "../statistics/agreement.ts";
import { agreementInterval, type AgreementOptions } from "../statistics/agreementInterval.ts";
import type { ReadForm } from "./readForms.ts";
import type { ReviewKey } from "./reviewFiles.ts";
import type { ArmRatings, ItemAgreement, ReviewResult } from "./reviewResult.ts";
import { cannotTell, categoryOf, reviewItems, type ReviewItem } from "./scale.ts";

const resamples = 2000;

type Joined = ReviewResult["rows"];

/** What the raters of one form said, joined to the arms; agreement with bootstrap intervals over trajectories. */
export function joinReviews(forms: readonly ReadForm[], key: ReviewKey, confidence: number): ReviewResult {
  const rows: Joined = key.rows.map((row) => ({
    ...row,
    ratings: forms.flatMap(({ rater, ratings }) =>
      ratings.filter(({ id }) => id === row.id).map(({ id: _id, ...rating }) => ({ rater, ...rating })),
    ),
  }));
  return {
    format: "med-r3-review-result-1",
    studyHash: key.studyHash,
    form: key.form,
    confidence,
    raters: forms.map(({ rater }) => rater),
    agreement: reviewItems.map((item) => agreementOn(item, rows, confidence)),
    arms: [...new Set(rows.map(({ arm }) => arm))]
      .toSorted()
      .flatMap((arm) => reviewItems.map((item) => ratingsOf(arm, item, rows))),
    grader: besideGrader(rows),
    rows,
  };
}

function agreementOn(item: ReviewItem, rows: Joined, confidence: number): ItemAgreement {
  const units = rows.map(({ ratings }) => ratings.map((rating) => categoryOf(item, rating[item.name])));
  const known = units.map((unit) => unit.filter((category) => category !== null));
  const options: AgreementOptions = { confidence, resamples, seed: ["review", item.name] };
  const pairs = units.flatMap(([first = null, second = null]): [number, number][] =>
    first === null || second === null ? [] : [[first, second]],
  );
  return {
    item: item.name,
    alpha: agreementInterval(known, (drawn) => krippendorffAlpha(drawn, item.scale), options),
    kappa: units[0]?.length === 2 ? agreementInterval(pairs, cohenKappa, options) : null,
    cannotTell: units.flat().filter((category) => category === null).length,
  };
}

function ratingsOf(arm: string, item: ReviewItem, rows: Joined): ArmRatings {
  const own = rows.filter((row) => row.arm === arm);
  const answers = own.flatMap(({ ratings }) => ratings.map((rating) => rating[item.name]));
  const names = [...item.categories.map(({ name }) => name), cannotTell];
  return {
    arm,
    item: item.name,
    trajectories: own.length,
    ratings: answers.length,
    counts: Object.fromEntries(names.map((name) => [name, answers.filter((answer) => answer === name).length])),
  };
}

function besideGrader(rows: Joined): ReviewResult["grader"] {
  const compared = rows.flatMap(({ graded, ratings }) =>
    ratings.flatMap(({ correct }) => (correct === "yes" ? [graded] : correct === "no" ? [!graded] : [])),
  );
  return { agreed: compared.filter(Boolean).length, compared: compared.length };
}
