import type { Tokenizer } from "../policy/port.ts";
import { unknownWords } from "../policy/unknownWords.ts";
import type { RunEnvironment } from "./runEnvironment.ts";

/** A model that could never call a tool of the run; the message says which and what to do. */
export class UnspelledTagsError extends Error {
  override readonly name = "UnspelledTagsError";
}

/** Throws UnspelledTagsError where the vocabulary lacks a tag of a tool: the run's figures would look as if the policy did not want to call it. */
export function refuseUnspelled(
  { stopStrings }: Pick<RunEnvironment, "stopStrings">,
  tokenizer: Pick<Tokenizer, "encode" | "unknownId">,
): void {
  const unknown = unknownWords(stopStrings.join(" "), tokenizer);
  if (unknown.length > 0)
    throw new UnspelledTagsError(
      `environments: the model's vocabulary has no ${unknown.join(", ")}, so that it could never use the tool; leave the environment out, take a model that can ` +
        "spell its tags (--model FOLDER), or a data set whose base is made with the tools of the run (docs/environments.md)",
    );
}
