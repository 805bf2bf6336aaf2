import type { Score } from "../src/domain/reward.ts";
import { tooManyUnscored } from "../src/rewards/unscored.ts";
import { needsPerson } from "./failures.ts";
import { whyUnusable } from "./languageModels.ts";
import type { OpenRun } from "./workspace.ts";

/** Holds the run where a judge, extractor or measurement failed on more responses than the run allows. */
export async function refuseUnscored(run: OpenRun, scores: readonly Score[]): Promise<void> {
  const { maximumUnscoredShare } = run.configuration.guard;
  const message = tooManyUnscored(scores, maximumUnscoredShare, await whyUnusable(run));
  if (message !== null) throw needsPerson(message);
}
