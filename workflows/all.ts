/** Every workflow that workers serve: the entry of the workflow bundle. */
export { curriculum } from "./curriculum.ts";
export { evaluate } from "./evaluate.ts";
export { indexCorpus } from "./indexCorpus.ts";
export { stage } from "./stage.ts";
