import { clinicalConsistency } from "./clinicalConsistency.ts";
import type { CompositeDefinition } from "./rewardDefinition.ts";
import { diagnosticPlausibility } from "./diagnosticPlausibility.ts";
import { evidentialSupport } from "./evidentialSupport.ts";

/** Mean of the clinical rewards that were scored, by default of equal weights (docs/method.md#rewards). */
export const clinical: CompositeDefinition = {
  name: "clinical",
  range: [0, 1],
  needs: ["knowledge-graph"],
  nullMeans: "none of the clinical rewards was scored",
  components: [clinicalConsistency, evidentialSupport, diagnosticPlausibility],
  weights: ({ clinical: { clinicalConsistency: first, evidentialSupport: second, diagnosticPlausibility: third } }) => [
    first,
    second,
    third,
  ],
};
