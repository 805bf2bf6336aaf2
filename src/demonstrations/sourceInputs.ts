import type { RunConfiguration } from "../configuration/configuration.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { Question } from "../domain/question.ts";
import type { RunControl } from "../policy/port.ts";
import type { AnswerCache } from "../services/answerCache.ts";
import type { DemonstrationContext } from "./demonstrationSource.ts";

/** All that sources need to offer demonstrations. */
export interface SourceInputs extends DemonstrationContext {
  readonly dataset: Pick<Dataset, "training" | "validation" | "evaluation">;
  /** Of the run. */
  readonly seed: number;
  readonly rollout: RunConfiguration["rollout"];
  readonly control?: RunControl;
  /** Keeps what was sampled, so that another attempt goes on from there; memory alone when left out. */
  readonly kept?: AnswerCache;
  /** Where the teacher's service is listed; the process' own when left out. */
  readonly processEnvironment?: NodeJS.ProcessEnv;
}

/** The same with the training questions that give none of the others away. */
export interface AskableInputs extends SourceInputs {
  readonly questions: readonly Question[];
}
