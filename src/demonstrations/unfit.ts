import { RowError } from "../benchmarks/rejectedRows.ts";

/**
 * Why a response is no demonstration:
 * - "row": the row gives no question and response, or no right answer to check by;
 * - "protocol": the response breaks the protocol, or calls a tool in a way that cannot be answered;
 * - "document": an answer of a tool is not what the tool or the corpus says;
 * - "wrong": its answer is not fully right;
 * - "too-long": for the run's responses or the model's context;
 * - "spelling": the model's vocabulary has no tokens for it;
 * - "repeated": the same stands there already;
 * - "contaminated": its question gives one of validation or evaluation away.
 */
export type UnfitKind =
  | "row"
  | "protocol"
  | "document"
  | "wrong"
  | "too-long"
  | "spelling"
  | "repeated"
  | "contaminated";

/** A response that is no demonstration; the message says why, in words. */
export class UnfitError extends RowError {
  override readonly name = "UnfitError";
  readonly kind: UnfitKind;
  constructor(kind: UnfitKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
