import type { Usage } from "../services/languageModel.ts";
import type { SourceDocument } from "./document.ts";

/** Gives documents their levels before they are cut, some at a time, and counts what that cost. */
export interface Grader {
  readonly grade: (documents: readonly SourceDocument[]) => Promise<readonly SourceDocument[]>;
  readonly usage: () => Usage;
}
