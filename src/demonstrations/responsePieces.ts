import { parseResponse } from "../protocol/grammar.ts";
import type { MalformedCall } from "../protocol/malformedCall.ts";
import type { Tags } from "../protocol/tags.ts";
import { unknownCalls } from "../protocol/unknownCalls.ts";
import { UnfitError } from "./unfit.ts";

/** What a tool answered, as a response shows it. */
export interface ShownAnswer {
  readonly tool: string;
  /** What was asked, between the tags of the call. */
  readonly arguments: string;
  /** Between the tags of the answer. */
  readonly text: string;
}

/** A response taken apart by who wrote what, in order; whitespace around answers belongs to the environment. */
export type ResponsePiece =
  | { readonly author: "model"; readonly text: string }
  | { readonly author: "environment"; readonly answer: ShownAnswer };

export interface TakenApart {
  readonly pieces: readonly ResponsePiece[];
  /** Content of the answer block. */
  readonly answer: string;
}

const faults: Readonly<Record<MalformedCall["fault"], string>> = {
  "own-response": "tags of an answer stand where no call was made",
  empty: "a call asks nothing",
  nested: "another tag stands inside a call",
  repeated: "a call is closed twice, or a second one begins before the first was answered",
};

/**
 * Takes a response apart that keeps the protocol to the letter. Throws UnfitError, which says what breaks it: demonstrations are held
 * to more than rollouts, in which the environment sees to it that every call is answered.
 */
export function takeApart(text: string, tags: Tags): TakenApart {
  const { malformedCall, formatValid, answer } = parseResponse(text, tags);
  if (malformedCall !== null)
    throw new UnfitError(
      "protocol",
      `the response breaks the protocol: ${malformedCall.tool}: ${faults[malformedCall.fault]}`,
    );
  if (!formatValid || answer === null)
    throw new UnfitError(
      "protocol",
      "the response breaks the protocol: expected one <think> … </think> at the start, then one <answer> … </answer>, and nothing behind",
    );
  const [unknown] = unknownCalls(text, tags);
  if (unknown !== undefined)
    throw new UnfitError("protocol", `the response calls <${unknown.tool}>, a tool that the run does not have`);
  return { pieces: piecesOf(text, tags), answer };
}

function piecesOf(text: string, tags: Tags): ResponsePiece[] {
  const found = tags.find(text);
  const pieces: ResponsePiece[] = [];
  let start = 0;
  for (const [index, end] of found.entries()) {
    if (end.role !== "call" || end.kind !== "close") continue;
    const asked = text.slice(found[index - 1]?.end, end.start).trim();
    const [open, close] = [found[index + 1], found[index + 2]];
    if (open?.role !== "response" || close?.role !== "response" || text.slice(end.end, open.start).trim() !== "")
      throw new UnfitError(
        "protocol",
        `the response breaks the protocol: nothing answers the call ${JSON.stringify(asked)}`,
      );
    pieces.push(
      { author: "model", text: text.slice(start, end.end) },
      {
        author: "environment",
        answer: { tool: end.tool ?? "", arguments: asked, text: text.slice(open.end, close.start).trim() },
      },
    );
    start = close.end;
  }
  return [...pieces, { author: "model", text: text.slice(start) }];
}
