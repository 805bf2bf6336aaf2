import { answer } from "./answer.ts";
import { clinical } from "./clinical.ts";
import { clinicalConsistency } from "./clinicalConsistency.ts";
import type { CompositeDefinition, PenaltyDefinition, RewardDefinition } from "./rewardDefinition.ts";
import { diagnosticPlausibility } from "./diagnosticPlausibility.ts";
import { evidenceGathered } from "./evidenceGathered.ts";
import { evidenceRecall } from "./evidenceRecall.ts";
import { evidentialSupport } from "./evidentialSupport.ts";
import { formatDetail } from "./formatDetail.ts";
import { language } from "./language.ts";
import { logical } from "./logical.ts";
import { overlong } from "./overlong.ts";
import { reasoning } from "./reasoning.ts";
import { retrieval } from "./retrieval.ts";
import { retrievalRecall } from "./retrievalRecall.ts";
import { semantic } from "./semantic.ts";
import { statistical } from "./statistical.ts";
import { thinkingLength } from "./thinkingLength.ts";
import { usefulness } from "./usefulness.ts";

/** Scored on every response that passes the format gate. */
export const rewardDefinitions: readonly RewardDefinition[] = [
  answer,
  logical,
  statistical,
  semantic,
  reasoning,
  retrievalRecall,
  evidenceRecall,
  evidenceGathered,
  usefulness,
  clinicalConsistency,
  evidentialSupport,
  diagnosticPlausibility,
];

/** Rewards that are weighted means of some of these. */
export const compositeDefinitions: readonly CompositeDefinition[] = [retrieval, clinical];

/** Penalties: each is subtracted, times its largest size, from every total that is not that of a malformed search. */
export const penaltyDefinitions: readonly PenaltyDefinition[] = [formatDetail, thinkingLength, language, overlong];

/** What a response's searches take from its total, whether its format is right or not (a malformed search has a total of its own); there only where the task says that a search costs something. */
export const searchCost = "penalty/searchCost";
