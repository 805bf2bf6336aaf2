/** Every workflow that workers serve: the entry of the workflow bundle. */
export { buildDataset } from "./buildDataset.ts";
export { curriculum } from "./curriculum.ts";
export { evaluate } from "./evaluate.ts";
export { evaluateRetrieval } from "./evaluateRetrieval.ts";
export { indexCorpus } from "./indexCorpus.ts";
export { nightlyEvaluation } from "./nightlyEvaluation.ts";
export { stage } from "./stage.ts";
export { study } from "./study.ts";
